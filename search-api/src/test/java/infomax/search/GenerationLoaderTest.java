package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.encoder.Encoder;
import infomax.encoder.EncoderDevice;
import infomax.encoder.EncoderException;
import infomax.encoder.signature.ReleaseTrust;
import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.control.LiveAlias;
import infomax.imaging.EncoderPixels;
import infomax.index.IndexFile;
import infomax.index.Manifest;
import infomax.index.Publications;
import infomax.search.live.GenerationLoader;
import infomax.search.live.Lease;
import infomax.search.live.LoadedGenerations;
import infomax.search.live.ServedImages;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import infomax.store.StoreObserver;
import infomax.store.StoreStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a replica does while its store fails or holds something broken. */
final class GenerationLoaderTest {

  private static final int GENERATION = 1;

  @TempDir Path folder;
  private ServedImages images;
  private LoadedGenerations loaded;
  private GenerationLoader loader;
  private ControlState state;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private StoreObserver met = StoreObserver.NONE;

  @BeforeEach
  void open() {
    images = new ServedImages(folder, GENERATION);
    loaded = new LoadedGenerations(() -> now);
    state =
        ControlState.EMPTY
            .with(images.release())
            .with(
                new IndexGeneration(
                    GENERATION,
                    images.release().version(),
                    images.release().onnx(),
                    images.release().dimensions(),
                    "topic-id",
                    infomax.events.Topic.IMAGES.partitions(),
                    IndexParameters.DEFAULT,
                    IndexOverrides.NONE,
                    null,
                    GenerationState.LIVE,
                    List.of(new IndexGeneration.Transition(GenerationState.LIVE, now, "test")),
                    null,
                    null,
                    null))
            .with(new LiveAlias(GENERATION, null, now, true, new TreeSet<>(), "test"));
    ObjectStore store =
        ObjectStore.open(folder.resolve("objects"), (step, name) -> met.before(step, name));
    loader = loader(store, ReleaseTrust.anybody());
  }

  @AfterEach
  void close() {
    loaded.close();
    images.close();
  }

  @Test
  void whatIsLoadedAnswersOnWhileTheStoreFailsAndAttemptsBackOff() {
    publish("a");
    turn();
    assertServes("a");
    publish("b");
    AtomicInteger attempts = new AtomicInteger();
    met =
        (step, name) -> {
          attempts.incrementAndGet();
          throw new ObjectStoreException("the store does not answer");
        };
    for (int second = 0; second < 60; second++) {
      turn();
    }
    // After 0, 1, 3, 7, 15, 25, 35, 45 and 55 seconds.
    assertThat(attempts.get()).isEqualTo(9);
    assertServes("a");
    assertThat(loader.problems().get(GENERATION)).contains("the store does not answer");
    met = StoreObserver.NONE;
    for (int second = 0; second < 10; second++) {
      turn();
    }
    assertServes("a", "b");
    assertThat(loader.problems()).isEmpty();
  }

  /** How fresh a publication is stands in the manifests of those that were skipped too. */
  @Test
  void whatWasOpenedIsClosedWhenASkippedManifestCannotBeRead() throws Exception {
    publish("a");
    turn();
    Manifest skipped = publish("b");
    publish("c");
    String name = "manifest-%012d".formatted(skipped.sequence());
    met =
        (step, read) -> {
          if (step == StoreStep.READ_ENTRY && read.endsWith(name)) {
            throw new ObjectStoreException("the store does not answer");
          }
        };
    turn();
    assertThat(loader.problems().get(GENERATION)).contains("the store does not answer");
    assertServes("a");
    met = StoreObserver.NONE;
    turn();
    assertServes("a", "b", "c");
    Encoder encoder;
    try (Lease lease = loaded.acquire().orElseThrow()) {
      encoder = lease.generation().encoder();
    }
    loaded.close();
    EncoderPixels pixels = EncoderPixels.of(Pictures.canonical(1, 32), ServedImages.INPUT_SIZE);
    assertThatThrownBy(() -> encoder.embed(pixels))
        .isInstanceOf(EncoderException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aBrokenObjectIsNamedAndNeverServedAndTheNextPublicationIsTaken() throws Exception {
    publish("a");
    turn();
    Manifest broken = publish("b");
    IndexFile file = newFile(broken);
    damage(file.digest());
    turn();
    assertThat(loader.problems().get(GENERATION))
        .contains(file.name())
        .contains(file.digest().hex())
        .contains("corrupt");
    assertServes("a");
    // As when the segment was merged away, or the object was stored again.
    damage(file.digest());
    publish("c");
    for (int second = 0; second < 10; second++) {
      turn();
    }
    assertServes("a", "b", "c");
    assertThat(loader.problems()).isEmpty();
  }

  @Test
  void aReplicaThatHasNothingSaysWhichObjectIsBroken() throws Exception {
    publish("a");
    damage(images.release().onnx());
    turn();
    assertThat(loaded.serving()).isEmpty();
    assertThat(loader.waiting().orElseThrow().reason())
        .contains("cannot be loaded")
        .contains(images.release().onnx().hex())
        .contains("corrupt");
    damage(images.release().onnx());
    turn();
    turn();
    assertServes("a");
    assertThat(loader.waiting()).isEmpty();
  }

  @Test
  void anUnsignedReleaseIsNotLoadedByWhoTrustsAKey() throws Exception {
    publish("a");
    byte[] key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
    Path file =
        Files.writeString(
            folder.resolve("release.pub"),
            "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getEncoder().encodeToString(key)
                + "\n-----END PUBLIC KEY-----\n");
    loader = loader(ObjectStore.open(folder.resolve("objects")), ReleaseTrust.ofFile(file));
    turn();
    assertThat(loaded.serving()).isEmpty();
    assertThat(loader.waiting().orElseThrow().reason()).contains("is not signed");
  }

  private GenerationLoader loader(ObjectStore store, ReleaseTrust trust) {
    return new GenerationLoader(
        () -> state,
        new Publications(store, () -> now),
        loaded,
        folder.resolve("replica"),
        new Encoder.Execution(EncoderDevice.CPU, 1),
        trust,
        () -> now,
        () -> {});
  }

  /** One turn, and a second passes. */
  private void turn() {
    loader.turn();
    now = now.plus(Duration.ofSeconds(1));
  }

  private Manifest publish(String id) {
    images.put(id, Pictures.canonical(id.hashCode(), 32), Map.of());
    images.publish();
    try (Lease lease = images.loaded().acquire().orElseThrow()) {
      return lease.generation().published().shards().getFirst();
    }
  }

  private void assertServes(String... ids) {
    try (Lease lease = loaded.acquire().orElseThrow()) {
      TreeSet<String> found = new TreeSet<>();
      lease.generation().index().forEach((id, _, _, _) -> found.add(id.value()));
      assertThat(found).containsExactly(ids);
      assertThat(lease.generation().index().checkIntegrity().detail()).isEmpty();
    }
  }

  /** A file that no publication before had. */
  private static IndexFile newFile(Manifest manifest) {
    return manifest.files().stream()
        .filter(file -> file.name().startsWith("segments_"))
        .findFirst()
        .orElseThrow();
  }

  /** Flips one bit in the middle; doing it again mends it. */
  private void damage(Digest digest) throws Exception {
    Path object = folder.resolve("objects/objects").resolve(digest.hex());
    byte[] bytes = Files.readAllBytes(object);
    bytes[bytes.length / 2] ^= 1;
    Files.write(object, bytes);
  }
}
