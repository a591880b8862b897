package infomax.standalone.command;

import infomax.runtime.config.ConfigurationException;
import infomax.standalone.UserError;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The command line. An error the user can mend is one sentence on standard error and exit code 1;
 * its cause goes to the log.
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
      ClientCommands.Status.class,
      ClientCommands.Search.class,
      ClientCommands.Ingest.class,
      ClientCommands.Rejected.class,
      ClientCommands.Train.class,
      ClientCommands.Cancel.class,
      EncoderCommands.Encoders.class,
      ClientCommands.Rollback.class
    },
    footer = {"", "test [--soak] runs all tests."})
public final class InfomaxMain implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(InfomaxMain.class);
  private static final int EXIT_ERROR = 1;

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
    return new CommandLine(new InfomaxMain())
        .setOverwrittenOptionsAllowed(true)
        .setExecutionExceptionHandler((thrown, _, _) -> explain(thrown))
        .setParameterExceptionHandler(
            (thrown, _) -> {
              System.err.println(thrown.getMessage() + "; see --help");
              return EXIT_ERROR;
            })
        .execute(arguments);
  }

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
  }

  private static int explain(Exception thrown) {
    if (thrown instanceof UserError || thrown instanceof ConfigurationException) {
      LOG.debug("ended by an error of the user's to mend", thrown);
      System.err.println(thrown.getMessage());
    } else {
      LOG.error("ended by a fault", thrown);
      System.err.println("infomax failed: " + thrown + "; the lines above say where");
    }
    return EXIT_ERROR;
  }
}
