package infomax.events.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import infomax.events.Digest;
import infomax.events.Positions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An index built from the log with one encoder release and one set of index parameters. Written by
 * the rollout controller only.
 *
 * @param number counting up from 1
 * @param encoderVersion version of its encoder release
 * @param encoder SHA-256 of that release's ONNX file
 * @param dimensions length of its vectors
 * @param topicId Kafka's id of the topic {@code images} it is built from
 * @param partitions partitions of that topic
 * @param index how its index is laid out
 * @param overrides which of those parameters somebody asked for; a generation that follows keeps
 *     them, so that a new encoder does not undo what was asked for
 * @param request id of the request to build it; null if the controller began it by itself
 * @param state where it is in its life
 * @param history every state it entered, oldest first, with the reason
 * @param target positions at which it has to commit exactly, named by the controller; null before
 * @param verification outcome of the comparison at the target; null before
 * @param restoredFrom SHA-256 of the description of the backup it begins with, an object in the
 *     store; null if it is built from the beginning of the log
 * @param shadow how it would have answered recent queries beside the live generation; null before
 *     that was judged
 * @param waitsFor what it waits for although it could go live; null if for nothing
 */
public record IndexGeneration(
    int number,
    int encoderVersion,
    Digest encoder,
    int dimensions,
    String topicId,
    int partitions,
    IndexParameters index,
    IndexOverrides overrides,
    @Nullable String request,
    GenerationState state,
    List<Transition> history,
    @Nullable Positions target,
    @Nullable Verification verification,
    @Nullable Digest restoredFrom,
    @Nullable ShadowComparison shadow,
    @Nullable String waitsFor)
    implements ControlEvent {

  /** Prefix of the keys of generations. */
  public static final String KEY_PREFIX = "generation/";

  /** Copies the history. */
  public IndexGeneration {
    if (number < 1) {
      throw new IllegalArgumentException("generation is " + number + ", expected >= 1");
    }
    history = List.copyOf(history);
  }

  /** A generation that begins, with a backup or from the beginning of the log. */
  public IndexGeneration(
      int number,
      int encoderVersion,
      Digest encoder,
      int dimensions,
      String topicId,
      int partitions,
      IndexParameters index,
      IndexOverrides overrides,
      @Nullable String request,
      GenerationState state,
      List<Transition> history,
      @Nullable Positions target,
      @Nullable Verification verification,
      @Nullable Digest restoredFrom) {
    this(
        number,
        encoderVersion,
        encoder,
        dimensions,
        topicId,
        partitions,
        index,
        overrides,
        request,
        state,
        history,
        target,
        verification,
        restoredFrom,
        null,
        null);
  }

  /** Reads a generation of any age: the oldest say maxConn and beamWidth, and nothing else. */
  @JsonCreator
  @SuppressWarnings("TooManyParameters") // one for each member of the JSON, of any age
  static IndexGeneration read(
      @JsonProperty("number") int number,
      @JsonProperty("encoderVersion") int encoderVersion,
      @JsonProperty("encoder") Digest encoder,
      @JsonProperty("dimensions") int dimensions,
      @JsonProperty("topicId") String topicId,
      @JsonProperty("partitions") int partitions,
      @JsonProperty("index") @Nullable IndexParameters index,
      @JsonProperty("maxConn") @Nullable Integer maxConn,
      @JsonProperty("beamWidth") @Nullable Integer beamWidth,
      @JsonProperty("overrides") @Nullable IndexOverrides overrides,
      @JsonProperty("request") @Nullable String request,
      @JsonProperty("state") GenerationState state,
      @JsonProperty("history") List<Transition> history,
      @JsonProperty("target") @Nullable Positions target,
      @JsonProperty("verification") @Nullable Verification verification,
      @JsonProperty("restoredFrom") @Nullable Digest restoredFrom,
      @JsonProperty("shadow") @Nullable ShadowComparison shadow,
      @JsonProperty("waitsFor") @Nullable String waitsFor) {
    return new IndexGeneration(
        number,
        encoderVersion,
        encoder,
        dimensions,
        topicId,
        partitions,
        IndexParameters.ofAnyAge(index, maxConn, beamWidth),
        overrides == null ? IndexOverrides.NONE : overrides,
        request,
        state,
        history,
        target,
        verification,
        restoredFrom,
        shadow,
        waitsFor);
  }

  @Override
  public String key() {
    return KEY_PREFIX + number;
  }

  /** This generation in another state, with the transition added to its history. */
  public IndexGeneration entered(GenerationState next, Instant at, String reason) {
    return after(new Transition(next, at, reason));
  }

  /** This generation failed, with the transition added to its history. */
  public IndexGeneration failed(FailureCause cause, Instant at, String reason) {
    return after(new Transition(GenerationState.FAILED, at, reason, cause));
  }

  /** This generation with target positions. */
  public IndexGeneration withTarget(Positions positions) {
    return with(state, history, positions, verification, shadow, waitsFor);
  }

  /** This generation with the outcome of its verification. */
  public IndexGeneration withVerification(Verification outcome) {
    return with(state, history, target, outcome, shadow, waitsFor);
  }

  /** This generation with the outcome of its comparison on live queries. */
  public IndexGeneration withShadow(ShadowComparison outcome) {
    return with(state, history, target, verification, outcome, waitsFor);
  }

  /** This generation waiting for something, until it enters another state. */
  public IndexGeneration waitingFor(String what) {
    return with(state, history, target, verification, shadow, what);
  }

  /** When it entered its current state. */
  public Instant since() {
    return history.getLast().at();
  }

  /** Why it entered its current state. */
  public String reason() {
    return history.getLast().reason();
  }

  private IndexGeneration after(Transition transition) {
    List<Transition> longer = new ArrayList<>(history);
    longer.add(transition);
    return with(transition.state(), longer, target, verification, shadow, null);
  }

  private IndexGeneration with(
      GenerationState newState,
      List<Transition> newHistory,
      @Nullable Positions newTarget,
      @Nullable Verification newVerification,
      @Nullable ShadowComparison newShadow,
      @Nullable String newWaitsFor) {
    return new IndexGeneration(
        number,
        encoderVersion,
        encoder,
        dimensions,
        topicId,
        partitions,
        index,
        overrides,
        request,
        newState,
        newHistory,
        newTarget,
        newVerification,
        restoredFrom,
        newShadow,
        newWaitsFor);
  }

  /**
   * One step of a generation's life.
   *
   * @param state the state entered
   * @param at when
   * @param reason why, one sentence
   * @param cause why it failed, for programs; null unless the state is FAILED
   */
  public record Transition(
      GenerationState state, Instant at, String reason, @Nullable FailureCause cause) {

    /** A step that is no failure. */
    public Transition(GenerationState state, Instant at, String reason) {
      this(state, at, reason, null);
    }
  }

  /**
   * Outcome of comparing a candidate with the live generation at the same positions.
   *
   * @param passed true if the candidate may be served
   * @param images live documents in the candidate
   * @param recallAt10 share of the exact ten nearest that approximate search found, 0 to 1
   * @param goldenCosineMin lowest cosine between the release's golden vectors and those computed
   *     here
   * @param detail what was compared and, on failure, what differs
   */
  public record Verification(
      boolean passed, long images, double recallAt10, double goldenCosineMin, String detail) {}
}
