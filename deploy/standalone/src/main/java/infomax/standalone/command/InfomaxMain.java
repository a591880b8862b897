package infomax.standalone.command;

import infomax.runtime.config.ConfigurationException;
import infomax.standalone.UserError;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The command line. What it was asked for goes to standard output; an error the user can mend is
 * one sentence on standard error, its cause goes to the log. The exit code is 0 if all went well, 1
 * if not, and 2 if a command was given what it does not take.
 */
@Command(
    name = "infomax",
    description = "Image search over an encoder that is trained on the stream it searches.",
    mixinStandardHelpOptions = true,
    version = "infomax-search 0.1.0",
    subcommands = {
      DemoCommand.class,
      BenchCommand.class,
      ServeCommand.class,
      TopicsCommand.class,
      ClientCommands.Status.class,
      SearchCommand.class,
      ClientCommands.Ingest.class,
      RejectedCommands.Rejected.class,
      ClientCommands.Train.class,
      ClientCommands.Cancel.class,
      EncoderCommands.Encoders.class,
      GenerationCommands.Generations.class,
      GenerationCommands.Promote.class,
      GenerationCommands.Reject.class,
      ClientCommands.Rollback.class,
      ClientCommands.Reindex.class,
      GenerationCommands.Pause.class,
      GenerationCommands.Resume.class,
      KeysCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      CompletionCommand.class
    },
    footer = {"", "test [--soak] runs all tests."})
public final class InfomaxMain implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(InfomaxMain.class);
  private static final SortedMap<String, String> EXIT_CODES =
      new TreeMap<>(
          Map.of(
              "0", "done",
              "1", "it could not be done; one sentence says why and what to do",
              "2", "the command does not take this"));

  @CommandLine.Spec private @Nullable CommandSpec spec;

  /** Runs a command; the process exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /**
   * Runs a command in this process.
   *
   * @return its exit code
   */
  public static int run(String... arguments) {
    CommandLine line =
        new CommandLine(new InfomaxMain())
            .setOverwrittenOptionsAllowed(true)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((thrown, command, _) -> explain(thrown, command))
            .setParameterExceptionHandler(
                (thrown, _) ->
                    misused(String.valueOf(thrown.getMessage()), thrown.getCommandLine()));
    tellExitCodes(line);
    return line.execute(arguments);
  }

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
  }

  /** Every command has them, and its help says so. */
  private static void tellExitCodes(CommandLine line) {
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    usage.exitCodeListHeading("%nExit codes:%n");
    if (usage.exitCodeList().isEmpty()) {
      usage.exitCodeList(EXIT_CODES);
    }
    line.getSubcommands().values().forEach(InfomaxMain::tellExitCodes);
  }

  private static int explain(Exception thrown, CommandLine command) {
    switch (thrown) {
      case UserError error when error.exitCode() == UserError.EXIT_USAGE -> {
        return misused(String.valueOf(error.getMessage()), command);
      }
      case UserError _, ConfigurationException _ -> {
        LOG.debug("ended by an error of the user's to mend", thrown);
        System.err.println(thrown.getMessage());
      }
      default -> {
        LOG.error("ended by a fault", thrown);
        System.err.println("infomax failed: " + thrown + "; the lines above say where");
      }
    }
    return UserError.EXIT_ERROR;
  }

  private static int misused(String sentence, CommandLine command) {
    System.err.println(sentence + "; see " + command.getCommandSpec().qualifiedName() + " --help");
    return UserError.EXIT_USAGE;
  }
}
