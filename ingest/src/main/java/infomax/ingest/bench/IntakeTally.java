package infomax.ingest.bench;

import infomax.events.image.RejectionReason;
import infomax.imaging.bench.HostileImages.Expected;
import infomax.imaging.bench.HostileImages.Input;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What became of the uploads of a hostile stream. Thread-safe. */
final class IntakeTally {

  private static final int EXAMPLES_MAX = 20;

  /** Told by header, id or metadata. */
  private static final Set<RejectionReason> UNDECODED =
      EnumSet.of(
          RejectionReason.EMPTY,
          RejectionReason.TOO_MANY_BYTES,
          RejectionReason.TOO_MANY_PIXELS,
          RejectionReason.EXTREME_ASPECT,
          RejectionReason.UNSUPPORTED_FORMAT,
          RejectionReason.INVALID_ID,
          RejectionReason.INVALID_METADATA);

  private final Latencies undecoded = new Latencies();
  private final Latencies others = new Latencies();
  private final Map<String, Integer> refused = new TreeMap<>();
  private final List<String> unanswered = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private int accepted;
  private int unansweredCount;
  private int wrongCount;

  /** An upload by HTTP was accepted. */
  void acceptedByHttp(long number, Input input, long elapsedNanos) {
    others.add(elapsedNanos);
    accepted(number, input);
  }

  /** An upload by HTTP was refused. */
  void refusedByHttp(long number, Input input, RejectionReason reason, long elapsedNanos) {
    // What is slow about the longest upload is sending it.
    boolean counts = UNDECODED.contains(reason) && reason != RejectionReason.TOO_MANY_BYTES;
    (counts ? undecoded : others).add(elapsedNanos);
    refused(number, input, reason);
  }

  synchronized void accepted(long number, Input input) {
    accepted++;
    check(number, input, Expected.REFUSED, "accepted");
  }

  synchronized void refused(long number, Input input, RejectionReason reason) {
    refused.merge(reason.code(), 1, Integer::sum);
    check(number, input, Expected.ACCEPTED, reason.code());
  }

  /** There was no answer, or one without a reason, or none in the log. */
  synchronized void unanswered(long number, Input input, String what) {
    unansweredCount++;
    if (unanswered.size() < EXAMPLES_MAX) {
      unanswered.add(number + " " + input.kind() + ": " + what);
    }
  }

  synchronized int accepted() {
    return accepted;
  }

  synchronized boolean allAnswered() {
    return unansweredCount == 0 && wrongCount == 0;
  }

  double undecodedP99Millis() {
    return undecoded.quantileMillis(0.99);
  }

  double maxMillis() {
    return others.maxMillis();
  }

  synchronized void report(Map<String, Object> report) {
    report.put("accepted", accepted);
    report.put("refused", new LinkedHashMap<>(refused));
    report.put("unanswered", unansweredCount);
    report.put("unansweredExamples", List.copyOf(unanswered));
    report.put("wrong", wrongCount);
    report.put("wrongExamples", List.copyOf(wrong));
    report.put("refusedUndecodedByHttp", undecoded.report());
    report.put("othersByHttp", others.report());
  }

  private void check(long number, Input input, Expected contrary, String outcome) {
    if (input.expected() == contrary) {
      wrongCount++;
      if (wrong.size() < EXAMPLES_MAX) {
        wrong.add(number + " " + input.kind() + ": " + outcome);
      }
    }
  }
}
