package infomax.standalone.command;

import infomax.runtime.access.ApiKey;
import infomax.runtime.access.ApiKeys;
import infomax.runtime.access.KeyFile;
import infomax.runtime.access.Scope;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.OwnerOnly;
import infomax.standalone.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code infomax keys}: API keys of the services. */
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    description = "Makes API keys.",
    subcommands = KeysCommand.Create.class)
final class KeysCommand implements Callable<Integer> {

  @Override
  public Integer call() {
    throw UserError.usage("keys needs to know what to do; expected create");
  }

  /** {@code infomax keys create}. */
  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = {
        "Makes a key and prints it, once: it is kept nowhere. What services know of it, its SHA-256,",
        "goes to their file of keys (http.keys.file), which they read again when it changes."
      })
  static final class Create implements Callable<Integer> {

    @Option(
        names = "--name",
        required = true,
        description = "who or what uses it; the audit log says it")
    private String name = "";

    @Option(
        names = "--scopes",
        required = true,
        split = ",",
        description = "read, write, admin; several with commas")
    private List<String> scopes = List.of();

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "from when on it is refused, such as 2027-01-31T00:00:00Z (default: never)")
    private @Nullable String expires;

    @Option(
        names = "--file",
        description = "file of keys to add it to (default: the line for it is printed)")
    private @Nullable Path file;

    @Override
    public Integer call() {
      String key = ApiKeys.generate(new SecureRandom());
      ApiKey entry = entry(key);
      String line = KeyFile.line(entry);
      if (file != null) {
        add(file, line);
        System.out.println(key);
        System.err.println("added '" + name + "' to " + file + "; the key is shown only now");
      } else {
        System.out.println(key);
        System.out.println(line);
        System.err.println(
            "the first line is the key, shown only now; the second belongs into http.keys.file");
      }
      return 0;
    }

    private ApiKey entry(String key) {
      try {
        Set<Scope> chosen = EnumSet.noneOf(Scope.class);
        scopes.forEach(scope -> chosen.add(KeyFile.scope(scope.strip())));
        return new ApiKey(
            name, ApiKeys.hash(key), chosen, expires == null ? null : Instant.parse(expires));
      } catch (DateTimeParseException e) {
        throw UserError.usage(
            "--expires is '" + expires + "', expected a time such as 2027-01-31T00:00:00Z");
      } catch (IllegalArgumentException e) {
        throw UserError.usage(String.valueOf(e.getMessage()));
      }
    }

    /** As a whole: a service may read the file at any moment. */
    private static void add(Path file, String line) {
      try {
        boolean isThere = Files.exists(file);
        String before = isThere ? Files.readString(file) : "";
        String after =
            before + (before.isEmpty() || before.endsWith("\n") ? "" : "\n") + line + "\n";
        KeyFile.parse(after.getBytes(StandardCharsets.UTF_8));
        // A link keeps its place; what it names is replaced.
        Path target = isThere ? file.toRealPath() : file.toAbsolutePath();
        Path next = target.resolveSibling(target.getFileName() + ".next");
        Files.deleteIfExists(next);
        OwnerOnly.create(next);
        Files.writeString(next, after);
        if (isThere) {
          OwnerOnly.copyPermissions(target, next);
        }
        Files.move(
            next, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } catch (ConfigurationException e) {
        throw new UserError(file + " stays as it is: " + e.getMessage(), e);
      } catch (IOException e) {
        throw new UserError(file + " cannot be written: " + e, e);
      }
    }
  }
}
