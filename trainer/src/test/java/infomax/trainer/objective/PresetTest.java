package infomax.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.trainer.network.CriticSides;
import infomax.trainer.network.Critics;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Pooling;
import infomax.trainer.view.Augmentation;
import infomax.trainer.view.Views;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The presets are the recipes they are named for. */
class PresetTest {

  @Test
  void seedIsThePublishedRecipe() {
    Preset seed = Preset.named("seed");
    assertThat(seed.objective())
        .isEqualTo(
            new Objective(0.5, 1.5, 0.01, new Estimator.JensenShannon(new Critics.Mlp(256))));
    assertThat(seed.adam()).isEqualTo(new Adam(new LearningRate.Constant(1e-3), 0.9, 0.999, 1e-7));
    assertThat(seed.miniBatch()).isEqualTo(64);
    assertThat(seed.normMomentum()).isEqualTo(0.99);
  }

  @Test
  void defaultRanksAllPairs() {
    Preset preset = Preset.named("default");
    assertThat(preset.objective().estimator())
        .isEqualTo(new Estimator.InfoNce(new Critics.Projection(256, 128), 0.1));
    assertThat(preset.critics()).isEqualTo(new Critics.Projection(256, 128));
  }

  @Test
  void defaultSeesSmallViewsFirst() {
    Views views = Preset.named("default").views();
    assertThat(views.side(32, 0)).isEqualTo(24);
    assertThat(views.side(64, 0.79)).isEqualTo(48);
    assertThat(views.side(32, 0.8)).isEqualTo(32);
    assertThat(Preset.named("seed").views().side(32, 0)).isEqualTo(32);
  }

  @Test
  void unknownNameIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> Preset.named("sede"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "preset 'sede', expected one of [default, one-view, seed, global-only,"
                + " local-only, autoencoder]");
  }

  @Test
  void optionsChangeOneThingEach() {
    Preset preset = Preset.named("seed+estimator=hellinger+batch=128+rate=0.002+beta=0");
    assertThat(preset.name()).isEqualTo("seed+estimator=hellinger+batch=128+rate=0.002+beta=0");
    assertThat(preset.objective())
        .isEqualTo(
            new Objective(0.5, 0, 0.01, new Estimator.SquaredHellinger(new Critics.Mlp(256))));
    assertThat(preset.miniBatch()).isEqualTo(128);
    assertThat(preset.adam().learningRate()).isEqualTo(new LearningRate.Constant(2e-3));
    assertThat(preset.views()).isEqualTo(Preset.named("seed").views());
    assertThat(Preset.named("seed+clip=2+average=0.99").adam())
        .isEqualTo(new Adam(new LearningRate.Constant(1e-3), 0.9, 0.999, 1e-7, 2, 0.99));
    assertThat(Preset.named("seed+within=0.7+earlier=0.4+critic.global=featuremap").objective())
        .isEqualTo(
            new Objective(
                0.5,
                1.5,
                0.01,
                0.7,
                0.4,
                CriticSides.Global.FEATURE_MAP,
                new Estimator.JensenShannon(new Critics.Mlp(256))));
    assertThat(Preset.named("default+temperature=0.3").objective().estimator())
        .isEqualTo(new Estimator.InfoNce(new Critics.Projection(256, 128), 0.3));
  }

  @Test
  void anOptionLeavesAloneWhatAnotherOneChose() {
    assertThat(Preset.named("default+small=0.4+views=weak").views())
        .isEqualTo(new Views.TwoAugmented(Augmentation.WEAK, 0.4));
    assertThat(Preset.named("default+views=plain").views().smallShare()).isZero();
    assertThat(Preset.named("seed+views=strong").views().smallShare()).isZero();
    assertThat(Preset.named("default+temperature=0.3+estimator=infonce").objective())
        .isEqualTo(Preset.named("default+temperature=0.3").objective());
  }

  @Test
  void everyEstimatorOfPairsTakesEitherCritic() {
    for (String estimator : List.of("js", "hellinger", "dv")) {
      String name = "default+estimator=" + estimator;
      assertThat(Preset.named(name).critics()).isEqualTo(new Critics.Mlp(256));
      Preset dot = Preset.named(name + "+critic=dot");
      assertThat(dot.critics()).isEqualTo(new Critics.Projection(256, 128));
      assertThat(dot.objective().estimator().getClass())
          .isEqualTo(Preset.named(name).objective().estimator().getClass());
      assertThat(Preset.named(name + "+critic=dot+critic=mlp").objective())
          .isEqualTo(Preset.named(name).objective());
    }
    assertThat(Preset.named("default+critic=dot").objective())
        .isEqualTo(Preset.named("default").objective());
  }

  @Test
  void thePoolIsThePresetsWhateverTheShapeSays() {
    NetworkShape shape = NetworkShape.of(32);
    assertThat(Preset.named("default").layout(shape).shape()).isEqualTo(shape);
    assertThat(Preset.named("default+pooling=attention").layout(shape).shape())
        .isEqualTo(new NetworkShape(32, 256, Pooling.ATTENTION));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed+speed=1|option 'speed=1', expected key=value with a key of [alpha, beta, gamma,"
            + " within, earlier, critic.global, estimator, critic, temperature, batch, rate, clip,"
            + " average, views, small, pooling, whitened]",
        "seed+alpha=much|option alpha=much, expected a number",
        "seed+batch=1.5|option batch=1.5, expected a whole number",
        "seed+batch=1|mini-batch of 1 images, expected 2 to 4096",
        "seed+estimator=mine|option estimator=mine, expected js, hellinger, dv or infonce",
        "seed+critic=cosine|option critic=cosine, expected mlp or dot",
        "default+critic=mlp|option critic=mlp: infonce scores all images with all locations of the"
            + " mini-batch, 524288 pairs in the local term, too many for an MLP; choose"
            + " estimator=js, hellinger or dv first",
        "autoencoder+critic=dot|option critic: reconstruction compares nothing; choose an estimator"
            + " first",
        "default+critic=dot+estimator=dv|option critic: an estimator chosen after it brings its"
            + " own; choose the estimator first",
        "seed+pooling=mean|option pooling=mean, expected max or attention",
        "seed+critic.global=x|option critic.global=x, expected z or featuremap",
        "autoencoder+within=1|within 1.0, expected 0: reconstruction has no such term",
        "seed+clip=-1|longest gradient -1.0, expected 0 to 1000000",
        "seed+average=1|decay of the average 1.0, expected 0 to below 1",
        "seed+temperature=0.1|option temperature: only the estimator infonce has one; choose it"
            + " first",
        "seed+small=0.5|option small: only two random views can be small; choose views=strong"
            + " first",
        "default+small=2|share of small views 2.0, expected 0 to 1",
        "autoencoder+views=weak+small=0.5|a decoder, and a critic of the whole feature map, are"
            + " made for one size of images: choose small=0 first",
        "default+critic.global=featuremap|a decoder, and a critic of the whole feature map, are"
            + " made for one size of images: choose small=0 first",
        "default+views=three|option views=three, expected plain, weak or strong",
      })
  void unsuitableOptionsSayWhatSuits(String name, String message) {
    assertThatThrownBy(() -> Preset.named(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aLossOfIgnoranceVouchesForNoInformation() {
    Estimator published = Preset.named("seed").objective().estimator();
    assertThat(published.information(2 * Math.log(2), 64, 16)).hasValue(0);
    assertThat(published.information(0, 64, 16)).hasValue(Math.log(2));
    Estimator hellinger = Preset.named("seed+estimator=hellinger").objective().estimator();
    assertThat(hellinger.information(2, 64, 16)).hasValue(0);
    Estimator kullbackLeibler = Preset.named("seed+estimator=dv").objective().estimator();
    assertThat(kullbackLeibler.information(0, 64, 16)).hasValue(0);
    Estimator ranking = Preset.named("default").objective().estimator();
    assertThat(ranking.information(Math.log(64), 64, 1)).hasValue(0);
    assertThat(ranking.information((Math.log(64) + Math.log(1 + 63 * 16)) / 2, 64, 16)).hasValue(0);
    assertThat(Preset.named("autoencoder").objective().estimator().information(1, 64, 1)).isEmpty();
  }
}
