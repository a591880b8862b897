package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexingPause;
import infomax.events.control.ShadowComparison;
import infomax.events.control.ShadowComparison.Figures;
import infomax.events.control.ShadowComparison.Latency;
import infomax.events.signal.Signal.TrainingProgressed;
import infomax.runtime.signal.SignalSender;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What somebody decides on the page, with trainer and controller played by the test. */
final class PageDeciding {

  private final Browser browser;
  private final SmallSystem system;
  private final SignalSender signals;

  PageDeciding(Browser browser, SmallSystem system, SignalSender signals) {
    this.browser = browser;
    this.system = system;
    this.signals = signals;
  }

  void startsATrainingAndCancelsIt() throws Exception {
    browser.open(system.url("/#/encoders"));
    browser.click("[data-role=train]");
    browser.await("dialog[open] input[name=imagesSeen]").sendKeys("5000");
    browser.await("dialog[open] input[name=why]").sendKeys("new classes");
    browser.click("dialog[open] button.main");
    ControlRequest training = asked(Kind.TRAIN);
    assertThat(training.parameters()).containsEntry("imagesSeen", "5000");
    assertThat(training.why()).isEqualTo("new classes");
    String card = "[data-training='" + training.id() + "']";
    browser.awaitText(card, "A training waits");

    system.decide(training.as(Status.RUNNING, ""));
    for (int step = 1; step <= 4; step++) {
      signals.send(
          new TrainingProgressed(
              Instant.now(),
              training.id(),
              "training",
              1,
              4,
              step * 50L,
              800,
              412,
              Map.of("total", 3.2 - 0.2 * step),
              95));
    }
    browser.awaitText(card, "about 1 min 35 s left");
    browser.await(card + " [role=progressbar][aria-valuenow='25']");
    browser.await(card + " svg.curve");
    browser.screenshot("training");
    browser.click(card + " [data-role=cancel]");
    browser.awaitText("dialog[open]", "publishes no encoder");
    browser.click("dialog[open] button.main");
    ControlRequest cancel = asked(Kind.CANCEL);
    assertThat(cancel.parameters()).containsEntry(ControlRequest.REQUEST, training.id());
    system.decide(training.as(Status.FAILED, "cancelled by page"));
    system.decide(cancel.as(Status.DONE, "training is cancelled"));
    browser.awaitText(".toast", "training is cancelled");
    browser.awaitTrue("!document.querySelector('[data-training]')");
  }

  void rollsBackOnceConfirmed() throws Exception {
    browser.open(system.url("/#/roll"));
    browser.awaitText("[data-generation='2'] .life [data-now]", "live");
    assertThat(browser.all("[data-generation='2'] .life li")).hasSize(4);
    browser.awaitText("[data-generation='2'] .life", "Moved by the test");
    browser.awaitText(
        "[data-generation='2'] .facts:last-child", "float32 vectors, maxConn 16, beamWidth 100");
    browser.awaitText("[data-generation='1']", "Promote");
    browser.screenshot("roll");
    browser.awaitTrue("!document.querySelector('[data-role=rollback]').disabled");
    browser.click("[data-role=rollback]");
    browser.awaitText("dialog[open]", "instead of generation 2");
    browser.screenshot("roll-back");
    browser.click("dialog[open] button[type=button]");
    browser.awaitTrue("!document.querySelector('dialog')");
    assertThat(newest(Kind.ROLLBACK)).as("nothing is asked for before it is confirmed").isEmpty();
    answersAsIfTheRequestWereNotReadYet();
    browser.click("[data-role=rollback]");
    browser.click("dialog[open] button.main");
    ControlRequest rollback = asked(Kind.ROLLBACK);
    system.rollBack(2, 1);
    system.decide(rollback.as(Status.DONE, "generation 1 is live again"));
    browser.awaitText(".toast", "generation 1 is live again");
    browser.awaitText("[data-generation='1'] .life [data-now]", "live");
    browser.awaitText("[data-role=serving]", "paused since the rollback");
  }

  /** Generation 1 answers; generation 3 is verified and waits. */
  void approvesOrRejectsAndPauses() throws Exception {
    system.generation(3, system.release(2, Verdict.ACCEPTED, Map.of())).catchUp();
    system.enter(3, GenerationState.VERIFIED);
    system.compared(
        3,
        new ShadowComparison(
            1,
            "search-1",
            Instant.now(),
            80,
            new Figures(0.734, 0.801, new Latency(2.1, 4.2), new Latency(2.3, 5.1)),
            "80 of 80 recent queries were answered by both"));
    browser.open(system.url("/#/roll"));
    String card = "[data-generation='3']";
    browser.awaitText(card + " [data-role=waits]", "waits for approval");
    browser.awaitText(card + " [data-role=shadow]", "overlap@10 0.734");
    browser.awaitText(card + " [data-role=shadow]", "rank-biased overlap 0.801");
    browser.screenshot("approval");
    browser.click(card + " [data-key='reject 3']");
    browser.awaitText("dialog[open]", "not rolled by itself again");
    browser.click("dialog[open] button.main");
    ControlRequest reject = asked(Kind.REJECT);
    assertThat(reject.parameters()).containsEntry(ControlRequest.GENERATION, "3");
    system.enter(3, GenerationState.FAILED);
    system.decide(reject.as(Status.DONE, "generation 3 rejected"));
    browser.awaitText(".toast", "generation 3 rejected");

    browser.awaitText("[data-role=pause]", "Pause indexing");
    browser.click("[data-role=pause]");
    browser.awaitText("dialog[open]", "Searches are answered");
    browser.click("dialog[open] button.main");
    ControlRequest pause = asked(Kind.PAUSE);
    system.decide(new IndexingPause(true, Instant.now(), "page", "the store is moved"));
    system.decide(pause.as(Status.DONE, "indexing is paused"));
    browser.awaitText("[data-notice=paused]", "the store is moved");
    browser.awaitText("[data-role=serving]", "paused since");
    browser.awaitText("[data-role=pause]", "Resume indexing");
    browser.screenshot("paused");
    system.decide(new IndexingPause(false, Instant.now(), "page", "moved"));
    browser.awaitTrue("!document.querySelector('[data-notice=paused]')");
  }

  /** Once, as a replica does that is a moment behind the one that took the request. */
  private void answersAsIfTheRequestWereNotReadYet() {
    browser.run(
        """
        const fetched = window.fetch;
        window.fetch = (path, options) => {
          if (!path.startsWith('/v1/requests/')) return fetched(path, options);
          window.fetch = fetched;
          return fetched('/v1/requests/not-read-yet', options);
        };
        """);
  }

  private ControlRequest asked(Kind kind) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> newest(kind), Optional::isPresent)
        .orElseThrow();
  }

  private Optional<ControlRequest> newest(Kind kind) throws Exception {
    try (Client client = new Client(system)) {
      for (JsonNode request : Client.json(client.get("/v1/requests")).get("requests")) {
        ControlRequest each = Json.mapper().treeToValue(request, ControlRequest.class);
        if (each.kind() == kind) {
          return Optional.of(each);
        }
      }
      return Optional.empty();
    }
  }
}
