package infomax.index;

import infomax.index.CrashPoint.Phase;
import infomax.runtime.process.ChildJvm;
import infomax.runtime.process.ParentWatch;
import infomax.store.ObjectStore;
import infomax.store.StoreObserver;
import infomax.store.StoreStep;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Follows a log, publishes, reads and tidies in a JVM of its own, and is halted on the way. */
final class CrashingProcess {

  static final String NAME = "crash";
  static final String HALTED = "halted as told";

  /** The commit around which the process is halted; the log is longer than that. */
  private static final int FATAL_COMMIT = 6;

  private static final int PER_COMMIT = 15;

  private final CrashPoint point;
  private final Map<StoreStep, Integer> counts = new EnumMap<>(StoreStep.class);
  private Phase phase = Phase.COMMIT;
  private int commits;

  private CrashingProcess(CrashPoint point) {
    this.point = point;
  }

  static ChildJvm start(Path folder, CrashPoint point) throws IOException {
    return ChildJvm.start(
        NAME,
        CrashingProcess.class,
        List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        List.of(folder.toString(), point.name()),
        folder);
  }

  static ChangeLog log() {
    return new ChangeLog(20_260_104, 150);
  }

  static ShardWriter open(Publications publications, Path local) {
    return ShardWriter.open(publications, local, TestImages.SPEC, InstantSource.system(), () -> {});
  }

  public static void main(String[] arguments) {
    ParentWatch.install();
    new CrashingProcess(CrashPoint.valueOf(arguments[1])).run(Path.of(arguments[0]));
    System.out.println("reached the end of the log");
    System.exit(0);
  }

  private void run(Path folder) {
    StoreObserver observer = (step, _) -> met(step);
    ObjectStore store = ObjectStore.open(folder.resolve("store"), observer);
    Publications publications = new Publications(store, InstantSource.system());
    ShardWriter writer = open(publications, folder.resolve("local"));
    PublishedIndex[] reader = {null};
    log()
        .follow(
            writer,
            PER_COMMIT,
            progress -> {
              commits++;
              begin(Phase.COMMIT);
              writer.commit(progress);
              begin(Phase.PUBLISH);
              writer.publish();
              begin(Phase.READ);
              Manifest newest = publications.latest(1, 0).orElseThrow();
              reader[0] =
                  PublishedIndex.open(
                      store,
                      new PublishedShards(List.of(newest)),
                      folder.resolve("reader"),
                      reader[0]);
              if (commits == FATAL_COMMIT) {
                begin(Phase.TIDY);
                publications.collectGarbage(1, 0, 2, Duration.ZERO);
                begin(Phase.TAKE_OVER);
                open(publications, folder.resolve("another"));
              }
            });
  }

  private void begin(Phase next) {
    phase = next;
    counts.clear();
    if (commits == FATAL_COMMIT && point.isBeginningOf(phase)) {
      halt();
    }
  }

  private void met(StoreStep step) {
    if (commits == FATAL_COMMIT
        && point.isBefore(step, phase, counts.merge(step, 1, Integer::sum))) {
      halt();
    }
  }

  /** No shutdown hooks, no flushing, no unlocking: as kill -9 does it, but at the point. */
  private static void halt() {
    System.out.println(HALTED);
    System.out.flush();
    Runtime.getRuntime().halt(137);
  }
}
