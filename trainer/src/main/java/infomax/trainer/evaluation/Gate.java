package infomax.trainer.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides whether a candidate may be served: it has to beat random weights and must not be worse
 * than the live encoder, or than one that is to go live before it. Immutable, pure and
 * deterministic.
 *
 * <p>The figure is precision@10 by cosine where at least {@value #LABELLED_MIN} held-out images
 * carry a label, else own-view hit@1. "Not worse": the lower end of the paired 95 % interval of
 * (candidate - that one) is at least {@value #WORSE_BY_MOST}. A candidate whose embeddings are not
 * finite, or hardly depend on the image, is rejected for that reason before anything is compared.
 */
public final class Gate {

  /** Fewest labelled held-out images for precision@10 to be the figure. */
  public static final int LABELLED_MIN = 200;

  /** Lowest lower end of the paired interval that still counts as not worse. */
  public static final double WORSE_BY_MOST = -0.01;

  /** Below this effective rank embeddings lie on a line, whatever the retrieval figures say. */
  static final double RANK_MIN = 1.5;

  /** Above this mean cosine between different images all vectors point the same way. */
  static final double COSINE_MAX = 0.999;

  private static final String LIVE = "live";

  private final long seed;

  /** A gate whose intervals are drawn with that seed. */
  public Gate(long seed) {
    this.seed = seed;
  }

  /**
   * Judges a candidate.
   *
   * @param candidate the candidate
   * @param random the untrained network
   * @param incumbent the encoder that the candidate would replace, if there is one: {@code live},
   *     or the name of one that is to go live
   */
  public Ruling judge(
      EncoderScores candidate, EncoderScores random, Optional<EncoderScores> incumbent) {
    Optional<String> broken = defect(candidate.spread());
    if (broken.isPresent()) {
      return Ruling.broken(broken.get());
    }
    List<String> reasons = new ArrayList<>();
    boolean beatsRandom = beatsRandom(candidate, random, reasons);
    boolean notWorse = incumbent.map(scores -> notWorse(candidate, scores, reasons)).orElse(true);
    return new Ruling(beatsRandom && notWorse, false, reasons);
  }

  private boolean beatsRandom(EncoderScores candidate, EncoderScores random, List<String> reasons) {
    QueryScores ours = candidate.gateFigure();
    QueryScores theirs = random.gateFigure();
    PairedInterval difference = PairedInterval.of(ours, theirs, seed);
    boolean beats = ours.mean() > theirs.mean();
    reasons.add(
        String.format(
            Locale.ROOT,
            "%s random weights on %d held-out images: %s %.3f against %.3f, difference %+.3f (95 %%"
                + " interval %+.3f to %+.3f)",
            beats ? "beats" : "does not beat",
            ours.count(),
            candidate.gateFigureName(),
            ours.mean(),
            theirs.mean(),
            difference.mean(),
            difference.lower(),
            difference.upper()));
    return beats;
  }

  private boolean notWorse(EncoderScores candidate, EncoderScores incumbent, List<String> reasons) {
    QueryScores ours = candidate.gateFigure();
    QueryScores theirs = incumbent.gateFigure();
    PairedInterval difference = PairedInterval.of(ours, theirs, seed);
    boolean notWorse = difference.lower() >= WORSE_BY_MOST;
    reasons.add(
        String.format(
            Locale.ROOT,
            "%s %s: %s %.3f against %.3f, difference %+.3f, lower end of the 95 %%"
                + " interval %+.3f, at least %+.2f is needed",
            notWorse ? "is not worse than" : "may be worse than",
            incumbent.name().equals(LIVE)
                ? "the live encoder"
                : incumbent.name() + ", which is to go live",
            candidate.gateFigureName(),
            ours.mean(),
            theirs.mean(),
            difference.mean(),
            difference.lower(),
            WORSE_BY_MOST));
    return notWorse;
  }

  private static Optional<String> defect(Spread spread) {
    if (!spread.finite()) {
      return Optional.of("has embeddings that are not finite numbers: the network has diverged");
    }
    if (!(spread.effectiveRank() >= RANK_MIN)) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "has collapsed: the embeddings have an effective rank of %.2f, at least %.1f is"
                  + " needed",
              spread.effectiveRank(),
              RANK_MIN));
    }
    if (!(spread.meanCosine() <= COSINE_MAX)) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "has collapsed: different images have a mean cosine of %.4f, at most %.3f is allowed",
              spread.meanCosine(),
              COSINE_MAX));
    }
    return Optional.empty();
  }

  /**
   * What the gate says.
   *
   * @param accepted whether the candidate may be served
   * @param broken whether it could not even be served if somebody wanted to
   * @param reasons why, one sentence each, about the candidate
   */
  public record Ruling(boolean accepted, boolean broken, List<String> reasons) {
    /** Copies the reasons. */
    public Ruling {
      reasons = List.copyOf(reasons);
    }

    /** The ruling on a candidate that cannot be served, whatever its figures are. */
    public static Ruling broken(String reason) {
      return new Ruling(false, true, List.of(reason));
    }

    /**
     * Accepts what is rejected, and says so; what is broken stays rejected.
     *
     * @param by who forces it, and why
     */
    public Ruling forced(String by) {
      if (accepted) {
        return this;
      }
      List<String> all = new ArrayList<>(reasons);
      all.add(
          broken ? "cannot be forced, as " + by + " asked: it is broken" : "is forced by " + by);
      return new Ruling(!broken, broken, all);
    }
  }
}
