package infomax.trainer.network;

import java.util.Locale;

/** How the encoder makes the pooled features h of its last map F, locations x z channels. */
public enum Pooling {
  /** The largest value of each channel. Without parameters. */
  MAX,

  /**
   * The mean over the locations, weighted by attention: h = sum of a_l F_l, a = softmax over l of w
   * . F_l. Its only parameter is w, a 1x1 convolution to one channel; a bias would cancel.
   *
   * @see <a href="https://arxiv.org/abs/1802.04712">Ilse, Tomczak and Welling 2018, equation 7,
   *     with one linear score per location for its two layers</a>
   */
  ATTENTION;

  /** As it is written in presets and releases: in lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
