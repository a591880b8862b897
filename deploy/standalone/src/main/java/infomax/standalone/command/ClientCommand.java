package infomax.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.runtime.tls.Pem;
import infomax.standalone.UserError;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "file that holds the API key (default: the environment's INFOMAX_API_KEY)")
  private @Nullable Path keyFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "certificates to trust, in PEM (default: those the JDK trusts)")
  private @Nullable Path authorities;

  @Override
  public final Integer call() throws Exception {
    if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        || url.getHost() == null) {
      throw UserError.usage(
          "--url is '" + url + "', expected an address such as http://localhost:8080");
    }
    try (ApiClient api = new ApiClient(url, key(System.getenv()), tls())) {
      run(api);
      return 0;
    } catch (IOException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /** Never an argument: those are there for everybody to see while the command runs. */
  private Optional<String> key(Map<String, String> environment) {
    String key;
    if (keyFile == null) {
      key = environment.get("INFOMAX_API_KEY");
    } else {
      try {
        key = Files.readString(keyFile);
      } catch (IOException e) {
        throw new UserError("--key-file is " + keyFile + ", which cannot be read", e);
      }
    }
    return Optional.ofNullable(key)
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(ClientCommand::checked);
  }

  /** A header takes no line ends and the like; and what is no key is not shown. */
  private static String checked(String key) {
    if (!key.matches("[!-~]+")) {
      throw new UserError(
          "the API key has characters that no key has, such as line ends; expected one line that"
              + " infomax keys create printed");
    }
    return key;
  }

  private Optional<SSLContext> tls() {
    return Optional.ofNullable(authorities).map(Pem::trusting);
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
