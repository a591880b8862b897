package infomax.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.runtime.access.Scope;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpConfig;
import infomax.runtime.http.HttpServer;
import infomax.runtime.http.Problem;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the API for what is typed, what is printed, and what a shell sees. */
final class CommandLineTest {

  @TempDir Path folder;

  private final AtomicReference<JsonNode> asked = new AtomicReference<>();
  private final HttpServer server =
      HttpServer.start(
          0,
          new Health(),
          new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
          List.of(
              routes -> {
                routes.post(
                    "/v1/search",
                    context -> {
                      asked.set(Json.mapper().readTree(context.bodyAsBytes()));
                      context.result("{\"hits\":[{\"id\":\"a\",\"score\":0.5}],\"generation\":3}");
                    });
                routes.post(
                    "/v1/trainings",
                    context -> {
                      asked.set(Json.mapper().readTree(context.bodyAsBytes()));
                      context.status(202).result("{\"id\":\"r-1\"}");
                    });
                routes.get(
                    "/v1/requests/r-1",
                    context ->
                        context.result(
                            "{\"id\":\"r-1\",\"kind\":\"train\",\"who\":\"ann\",\"createdAt\":\"now\","
                                + "\"status\":\"failed\",\"outcome\":\"too few images\"}"));
                routes.get(
                    "/v1/status",
                    context -> {
                      throw Problem.of(503, "busy", "the moon is full; ask again tomorrow");
                    });
              }));

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void asksForWhatIsTyped() throws Exception {
    Path image = Files.write(folder.resolve("photo.jpg"), new byte[] {1, 2, 3});
    assertAsked(
        Map.of("image", Base64.getEncoder().encodeToString(new byte[] {1, 2, 3}), "k", 10),
        image.toString());
    assertAsked(Map.of("id", "a b", "k", 3, "exact", true), "--id", "a b", "--k", "3", "--exact");
    assertAsked(
        Map.of("examples", Map.of("positive", List.of("a", "b")), "k", 10, "minScore", 0.25),
        "--like",
        "a",
        "--like",
        "b",
        "--min-score",
        "0.25");
    assertAsked(
        Map.of("id", "a", "k", 5, "offset", 5, "generation", 3, "groupBy", "label"),
        "--id=a",
        "-k5",
        "--offset=5",
        "--generation=3",
        "--group-by=label");
    assertAsked(Map.of("id", "a", "k", 10, "asOf", "42"), "--id=a", "--as-of=42");
  }

  @Test
  void readsValuesOfAFilterAsTheyAreCompared() throws Exception {
    String range = "{\"key\":\"size\",\"range\":{\"gte\":2}}";
    Typed typed =
        search(
            "--id=a",
            "--filter=label=cat",
            "--filter=year=2020",
            "--filter=live=true",
            "--filter=code=\"7\"",
            "--filter=day=2020-01-31",
            "--filter=formula=a=b",
            "--filter",
            range);
    assertThat(typed.exitCode()).isZero();
    assertThat(asked.get().get("filter"))
        .isEqualTo(
            tree(
                Map.of(
                    "must",
                    List.of(
                        Map.of("key", "label", "eq", "cat"),
                        Map.of("key", "year", "eq", 2020),
                        Map.of("key", "live", "eq", true),
                        Map.of("key", "code", "eq", "7"),
                        Map.of("key", "day", "eq", "2020-01-31"),
                        Map.of("key", "formula", "eq", "a=b"),
                        Map.of("key", "size", "range", Map.of("gte", 2))))));
  }

  @Test
  void printsTextForPeopleAndTheAnswerItselfForPrograms() throws Exception {
    assertThat(search("--id=a").output()).contains("0.5000  a").contains("generation 3");
    assertThat(search("--id=a", "-o", "json").json().at("/hits/0/id").asText()).isEqualTo("a");
  }

  @Test
  void tellsWhatCameOfWhatWasAskedFor() {
    Typed train = Typed.run("train", "--seed", "7", "--url", url());
    assertThat(train.exitCode()).as(train.errors()).isZero();
    assertThat(asked.get().path("seed").asLong()).isEqualTo(7);
    assertThat(train.output()).contains("infomax status --request r-1 ");
    assertThat(Typed.run("status", "--request", "r-1", "--url", url()).output().strip())
        .isEqualTo("request r-1 (train, asked by ann at now) is failed: too few images");
  }

  @Test
  void makesAKeyAndSendsIt() throws Exception {
    Path keys = folder.resolve("keys");
    Typed first = createKey("one", "write", keys);
    Typed second = createKey("two", "read,admin", keys);
    assertThat(first.exitCode()).isZero();
    assertThat(first.output()).matches("infomax_[A-Za-z0-9_-]{43}\\R");
    assertThat(Files.readAllLines(keys)).hasSize(2);
    assertThat(Files.readString(keys))
        .contains("\"one\"", "\"two\"", "[\"read\",\"admin\"]")
        .doesNotContain(first.output().strip(), second.output().strip());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
        .isEqualTo("rw-------");
    String before = Files.readString(keys);
    Typed again = createKey("one", "read", keys);
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.output()).isEmpty();
    assertThat(again.errors()).contains("stays as it is", "'one'").hasLineCount(1);
    assertThat(Files.readString(keys)).isEqualTo(before);

    try (HttpServer keyed = keyed(keys)) {
      String url = "http://127.0.0.1:" + keyed.port();
      Path key = Files.writeString(folder.resolve("key"), second.output());
      Typed told =
          Typed.run("generations", "--url", url, "--key-file", key.toString(), "-o", "json");
      assertThat(told.errors()).isEmpty();
      assertThat(told.json().path("generations")).isEmpty();
      Files.writeString(key, first.output());
      Typed refused = Typed.run("generations", "--url", url, "--key-file", key.toString());
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.errors()).contains("this needs read").hasLineCount(1);
      Files.writeString(key, "infomax_unknown");
      Typed unknown = Typed.run("generations", "--url", url, "--key-file", key.toString());
      assertThat(unknown.errors()).contains("INFOMAX_API_KEY", "--key-file").hasLineCount(1);
    }
  }

  private static Typed createKey(String name, String scopes, Path file) {
    return Typed.run(
        "keys", "create", "--name", name, "--scopes", scopes, "--file", file.toString());
  }

  private static HttpServer keyed(Path keys) {
    return HttpServer.start(
        new HttpConfig("127.0.0.1", 0, new HttpConfig.Access(keys, false, null, null), null),
        new Health(),
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        List.of(
            routes ->
                routes.get(
                    "/v1/generations",
                    context -> context.result("{\"generations\":[]}"),
                    Scope.READ)));
  }

  @Test
  void whatCannotBeDoneIsOneSentenceAndExitCode1() {
    Typed refused = Typed.run("status", "--url", url());
    assertThat(refused)
        .isEqualTo(
            new Typed(1, "", "the moon is full; ask again tomorrow" + System.lineSeparator()));
    Typed absent = search(folder.resolve("absent.jpg").toString());
    assertThat(absent.exitCode()).isEqualTo(1);
    assertThat(absent.errors()).contains("absent.jpg is no file").hasLineCount(1);
    String url = url();
    server.close();
    Typed alone = Typed.run("search", "--id=a", "--url", url);
    assertThat(alone.exitCode()).isEqualTo(1);
    assertThat(alone.errors()).contains("./infomax demo").contains("--url").hasLineCount(1);
  }

  @Test
  void whatACommandDoesNotTakeIsOneSentenceAndExitCode2() {
    List<List<String>> misuses =
        List.of(
            List.of("search", "--limit", "5"),
            List.of("search"),
            List.of("search", "a.jpg", "--id", "a"),
            List.of("search", "--id", "a", "--offset", "10"),
            List.of("search", "--id", "a", "-k", "many"),
            List.of("search", "--id", "a", "--filter", "label"),
            List.of("search", "--id", "a", "--filter", "{\"key\":"),
            List.of("search", "--id", "a", "-o", "yaml"),
            List.of("search", "--id", "a", "--url", "localhost"),
            List.of("train", "--force"),
            List.of("encoders", "compare", "0", "1", "--save", "sheet.png"),
            List.of("demo", "--rate", "0"),
            List.of("bench", "intake", "--inputs", "0"),
            List.of("bench", "train", "--batch", "1"),
            List.of("backup"),
            List.of("restore", "place", "--newest"),
            List.of("serve", "everything"),
            List.of("status", "--key", "infomax_x"),
            List.of("keys"),
            List.of("keys", "create", "--name", "a", "--scopes", "all"),
            List.of("keys", "create", "--name", "A", "--scopes", "read"),
            List.of("keys", "create", "--name", "a", "--scopes", "read", "--expires", "soon"),
            List.of("completion", "fish"));
    for (List<String> misuse : misuses) {
      Typed typed = Typed.run(misuse.toArray(String[]::new));
      assertThat(typed.exitCode()).as("%s", misuse).isEqualTo(2);
      assertThat(typed.output()).as("%s", misuse).isEmpty();
      assertThat(typed.errors())
          .as("%s", misuse)
          .contains("; see infomax " + misuse.getFirst())
          .endsWith(" --help" + System.lineSeparator())
          .hasLineCount(1);
    }
    assertThat(asked.get()).isNull();
  }

  @Test
  void everyCommandTellsItsExitCodes() {
    for (String command :
        List.of("search", "generations", "encoders show", "demo", "bench train")) {
      Typed help = Typed.run((command + " --help").split(" ", -1));
      assertThat(help.exitCode()).isZero();
      assertThat(help.output()).as(command).contains("Exit codes:").containsPattern("(?m)^ *2 ");
    }
  }

  @Test
  void theShellCompletesCommandsAndOptions() throws Exception {
    String script = Typed.run("completion", "bash").output();
    assertThat(completed(script, "sea")).containsExactly("search");
    assertThat(completed(script, "search", "--gr")).containsExactly("--group-by");
    assertThat(completed(script, "back")).containsExactly("backup");
    assertThat(completed(script, "restore", "--ba")).containsExactly("--backup");
    assertThat(completed(script, "search", "--as")).containsExactly("--as-of");
    assertThat(completed(script, "status", "-o", "")).containsExactly("text", "json");
    assertThat(Typed.run("completion", "zsh").output()).contains("bashcompinit").endsWith(script);
  }

  /** What bash offers for the last of these words. */
  private List<String> completed(String script, String... words) throws Exception {
    Path file = Files.writeString(folder.resolve("completion.sh"), script);
    Path test =
        Files.writeString(
            folder.resolve("test.sh"),
            "source \"$1\"; shift; COMP_WORDS=(infomax \"$@\"); COMP_CWORD=$#; "
                + "_complete_infomax; printf '%s\\n' \"${COMPREPLY[@]}\"");
    List<String> command = new ArrayList<>(List.of("bash", test.toString(), file.toString()));
    command.addAll(List.of(words));
    // Outside of a real completion bash complains about compopt; completions are on its output.
    Process bash =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(output).isZero();
    return output.lines().map(String::strip).toList();
  }

  private void assertAsked(Map<String, ?> body, String... typed) throws Exception {
    assertThat(search(typed).exitCode()).isZero();
    assertThat(asked.get()).isEqualTo(tree(body));
  }

  private Typed search(String... typed) {
    return Typed.run(
        Stream.of(Stream.of("search"), Stream.of(typed), Stream.of("--url", url()))
            .flatMap(each -> each)
            .toArray(String[]::new));
  }

  private String url() {
    return "http://127.0.0.1:" + server.port();
  }

  private static JsonNode tree(Object value) throws Exception {
    return Json.mapper().readTree(Json.write(value));
  }
}
