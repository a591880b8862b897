package infomax.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.standalone.UserError;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Recall@10 as a client of the API sees it: the share of the exact ten nearest, by score, that
 * searches find along the graph. An image searched for by its id does not count as its own
 * neighbour.
 */
final class AnsweredRecall {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Two images this close in score are equally near; which one comes first is chance. */
  private static final double SCORE_TOLERANCE = 1e-6;

  private AnsweredRecall() {}

  /** Mean recall@10 of the first {@code count} questions. */
  static double of(ApiClient api, Questions questions, int count)
      throws IOException, InterruptedException {
    double sum = 0;
    List<Map<String, Object>> asked =
        questions.bodies().subList(0, Math.min(count, questions.bodies().size()));
    for (Map<String, Object> body : asked) {
      List<Double> exact = scores(api, body, true);
      double worst = exact.isEmpty() ? 1 : exact.getLast() - SCORE_TOLERANCE;
      long found = scores(api, body, false).stream().filter(score -> score >= worst).count();
      sum += (double) found / Math.max(1, exact.size());
    }
    return asked.isEmpty() ? 0 : sum / asked.size();
  }

  private static List<Double> scores(ApiClient api, Map<String, Object> body, boolean exact)
      throws IOException, InterruptedException {
    Map<String, Object> search = new HashMap<>(body);
    search.put("k", Questions.NEIGHBOURS + 1);
    search.put("exact", exact);
    Answer answer = api.post("/v1/search", search, TIMEOUT);
    if (answer.status() != 200) {
      throw new UserError("a search failed: " + answer.problem());
    }
    List<Double> scores = new ArrayList<>();
    for (JsonNode hit : answer.json().path("hits")) {
      if (!hit.path("id").asText().equals(body.get("id"))) {
        scores.add(hit.path("score").asDouble());
      }
    }
    return scores.subList(0, Math.min(Questions.NEIGHBOURS, scores.size()));
  }
}
