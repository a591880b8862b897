package infomax.standalone.command;

import infomax.standalone.StandaloneConfig;
import infomax.standalone.UserError;
import infomax.standalone.demo.Demo;
import infomax.standalone.demo.DemoOptions;
import infomax.trainer.objective.Preset;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code infomax demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Starts everything on this machine and shows the whole life of the system: images stream in,",
      "searches answer, an encoder is trained on the stream, and takes over without a pause."
    },
    exitCodeList = {
      "0:done (with --exit-after-roll: both encoders went live)",
      "1:it could not go on, with one sentence why",
      "2:an option it does not take",
      "3:a candidate stayed rejected"
    })
final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--images",
      description =
          "stream a folder, .tar, .tar.gz or CIFAR-10 .bin file; a file's folder is its label (default: generated images)")
  private @Nullable Path images;

  @Option(names = "--drift", description = "let generated images bring new classes later")
  private boolean drift;

  @Option(
      names = "--rate",
      defaultValue = "100",
      description = "images per second after the first ones (default: ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--first",
      defaultValue = "5000",
      description = "images sent as fast as taken, then trained on (default: ${DEFAULT-VALUE})")
  private long first;

  @Option(names = "--limit", description = "images to stream in all (default: no limit)")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seed of everything random (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--preset",
      defaultValue = "one-view",
      description = "training preset (default: ${DEFAULT-VALUE}, which suits short trainings)")
  private String preset = "";

  @Option(
      names = "--input",
      defaultValue = "32",
      description = "side of the encoders' input in pixels, 32 or 64 (default: ${DEFAULT-VALUE})")
  private int input;

  @Option(
      names = "--images-seen",
      description =
          "images each training passes through the network, with repetition (default: what suits the preset)")
  private @Nullable Long imagesSeen;

  @Option(
      names = "--data",
      defaultValue = "data",
      description = "folder of everything that is kept (default: ${DEFAULT-VALUE})")
  private Path data = Path.of("data");

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "HTTP port; 0 picks a free one (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--kafka",
      description = "use the cluster at HOST:PORT instead of the embedded broker")
  private @Nullable String kafka;

  @Option(names = "--no-browser", description = "do not open the page")
  private boolean noBrowser;

  @Option(names = "--exit-after-roll", description = "end 20 s after the second encoder went live")
  private boolean exitAfterRoll;

  @Option(
      names = "--summary",
      description = "with --exit-after-roll: write what was measured to this file")
  private @Nullable Path summary;

  @Override
  public Integer call() throws Exception {
    check();
    Map<String, String> settings = new HashMap<>();
    settings.put("trainer.input-size", Integer.toString(input));
    settings.put("trainer.seed", Long.toString(seed));
    settings.put("trainer.preset", preset);
    if (imagesSeen != null) {
      settings.put("trainer.images-seen", Long.toString(imagesSeen));
    }
    Demo demo =
        new Demo(
            new DemoOptions(
                Optional.ofNullable(images),
                drift,
                rate,
                seed,
                input,
                first,
                limit,
                exitAfterRoll,
                Optional.ofNullable(summary),
                !noBrowser,
                startMillis()));
    Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "demo-shutdown"));
    return demo.run(new StandaloneConfig(data, port, Optional.ofNullable(kafka), settings));
  }

  private void check() {
    if (!(rate > 0 && rate <= 10_000)) {
      throw UserError.usage(
          "--rate is " + rate + ", expected above 0 and at most 10000 images per second");
    }
    if (first < 100) {
      throw UserError.usage("--first is " + first + ", expected at least 100 images to train on");
    }
    if (limit < 2) {
      throw UserError.usage("--limit is " + limit + ", expected at least 2 images");
    }
    if (port < 0 || port > 65_535) {
      throw UserError.usage("--port is " + port + ", expected 0 to 65535");
    }
    if (input != 32 && input != 64) {
      throw UserError.usage("--input is " + input + ", expected 32 or 64");
    }
    try {
      Preset.named(preset);
    } catch (IllegalArgumentException e) {
      throw UserError.usage("--preset: " + e.getMessage());
    }
    if (summary != null && !exitAfterRoll) {
      throw UserError.usage(
          "--summary needs --exit-after-roll: a run that goes on has no end to sum up");
    }
  }

  /** When the launcher handed over, so that the first answer's time includes the JVM's start. */
  private static long startMillis() {
    String started = System.getenv("INFOMAX_STARTED_MILLIS");
    return started == null
        ? ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli()
        : Long.parseLong(started);
  }
}
