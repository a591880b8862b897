package infomax.trainer.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.trainer.network.TrainingCheckpoint.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A checkpoint file gives back what was written, or refuses. */
class CheckpointFileTest {

  @TempDir private Path folder;

  static Stream<Critics> critics() {
    return Stream.of(new Critics.Mlp(6), new Critics.Projection(6, 4), new Critics.Decoder(6));
  }

  @ParameterizedTest
  @MethodSource("critics")
  void everythingComesBack(Critics critics) throws IOException {
    TrainingCheckpoint written = checkpoint(critics);
    Path file = folder.resolve("checkpoint");
    CheckpointFile.write(file, checkpoint(new Critics.Mlp(2)));
    CheckpointFile.write(file, written);
    TrainingCheckpoint read = CheckpointFile.read(file);
    assertThat(read.progress()).isEqualTo(written.progress());
    assertThat(read.weights().digest()).isEqualTo(written.weights().digest());
    assertThat(read.weights().layout()).isEqualTo(written.weights().layout());
    assertThat(read.firstMoments()).isEqualTo(written.firstMoments());
    assertThat(read.secondMoments()).isEqualTo(written.secondMoments());
    assertThat(read.average()).isEmpty();
    assertThat(read.trained()).isSameAs(read.weights());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void whatTheCriticsLookAtComesBack() throws IOException {
    CriticSides sides = new CriticSides(CriticSides.Global.FEATURE_MAP, false, true);
    ParameterLayout layout = ParameterLayout.of(new NetworkShape(32, 4), new Critics.Mlp(6), sides);
    Path file = folder.resolve("checkpoint");
    CheckpointFile.write(file, checkpoint(Weights.initial(layout, 3)));
    assertThat(CheckpointFile.read(file).weights().layout()).isEqualTo(layout);
  }

  @Test
  void thePoolComesBack() throws IOException {
    NetworkShape shape = new NetworkShape(32, 4, Pooling.ATTENTION);
    Weights weights = Weights.initial(shape, new Critics.Mlp(6), 3);
    Path file = folder.resolve("checkpoint");
    CheckpointFile.write(file, checkpoint(weights));
    Weights read = CheckpointFile.read(file).weights();
    assertThat(read.shape()).isEqualTo(shape);
    assertThat(read.digest()).isEqualTo(weights.digest());
  }

  @Test
  void theFormatVersionIsHigherOnlyForAPoolThatOlderReadersDoNotKnow() throws IOException {
    Path file = folder.resolve("checkpoint");
    CheckpointFile.write(file, checkpoint(new Critics.Mlp(2)));
    assertThat(ByteBuffer.wrap(Files.readAllBytes(file)).getInt(4)).isEqualTo(2);
    NetworkShape attentive = new NetworkShape(32, 4, Pooling.ATTENTION);
    CheckpointFile.write(file, checkpoint(Weights.initial(attentive, new Critics.Mlp(2), 3)));
    assertThat(ByteBuffer.wrap(Files.readAllBytes(file)).getInt(4)).isEqualTo(3);
  }

  @Test
  void theAverageComesBackToo() throws IOException {
    Weights average = Weights.initial(new NetworkShape(32, 4), new Critics.Mlp(6), 4);
    Path file = folder.resolve("checkpoint");
    CheckpointFile.write(file, checkpoint(new Critics.Mlp(6)).withAverage(average));
    TrainingCheckpoint read = CheckpointFile.read(file);
    assertThat(read.trained().digest()).isEqualTo(average.digest());
    assertThat(read.weights().digest()).isNotEqualTo(average.digest());
  }

  @Test
  void everyChangedOrMissingByteIsNoticed() throws IOException {
    Path file = folder.resolve("checkpoint");
    CheckpointFile.write(file, checkpoint(new Critics.Mlp(2)));
    byte[] good = Files.readAllBytes(file);
    for (int place = 0; place < good.length; place += 1 + good.length / 97) {
      byte[] bad = good.clone();
      bad[place] ^= 0x41;
      Files.write(file, bad);
      assertThatThrownBy(() -> CheckpointFile.read(file))
          .as("byte %d", place)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file.toString());
      Files.write(file, Arrays.copyOf(good, place));
      assertThatThrownBy(() -> CheckpointFile.read(file)).isInstanceOf(IOException.class);
    }
  }

  private static TrainingCheckpoint checkpoint(Critics critics) {
    return checkpoint(Weights.initial(new NetworkShape(32, 4), critics, 3));
  }

  private static TrainingCheckpoint checkpoint(Weights weights) {
    float[] first = weights.parameters();
    float[] second = new float[first.length];
    Arrays.fill(second, 0.25f);
    return TrainingCheckpoint.of(new Progress("default", 99, 1234), weights, first, second);
  }
}
