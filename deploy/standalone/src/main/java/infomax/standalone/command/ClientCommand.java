package infomax.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.standalone.UserError;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/**
 * A command that talks to a running system over HTTP: {@code --url} says where, {@code -o} in which
 * form it prints what it learned. JSON is the API's own, alone on standard output.
 */
abstract class ClientCommand implements Callable<Integer> {

  /** Forms of what is printed. */
  enum Form {
    /** For people. */
    TEXT,
    /** For programs. */
    JSON
  }

  @Option(
      names = "--url",
      defaultValue = "http://localhost:8080",
      description = "where the system is (default: ${DEFAULT-VALUE})")
  private URI url = URI.create("http://localhost:8080");

  /** The forms as they are typed, for completion. */
  static final class Forms extends ArrayList<String> {
    Forms() {
      super(List.of("text", "json"));
    }
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "text",
      completionCandidates = Forms.class,
      description = "text, or json as the API answers it (default: ${DEFAULT-VALUE})")
  private Form form = Form.TEXT;

  @Override
  public final Integer call() throws Exception {
    if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        || url.getHost() == null) {
      throw UserError.usage(
          "--url is '" + url + "', expected an address such as http://localhost:8080");
    }
    try (ApiClient api = new ApiClient(url)) {
      run(api);
      return 0;
    } catch (IOException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  abstract void run(ApiClient api) throws IOException, InterruptedException;

  /** Prints JSON as it is, or as {@code text} tells it. */
  final void print(JsonNode json, Consumer<JsonNode> text) throws IOException {
    if (form == Form.JSON) {
      System.out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(json));
    } else {
      text.accept(json);
    }
  }

  /** The answer's JSON; a problem becomes the command's error. */
  static JsonNode required(Answer answer) throws IOException {
    if (!answer.succeeded()) {
      throw new UserError(answer.problem());
    }
    return answer.json();
  }

  /** Who asks, for requests that are kept. */
  static String user() {
    return System.getProperty("user.name", "unknown");
  }
}
