package infomax.standalone.command;

import infomax.indexer.IndexerMain;
import infomax.ingest.IngestMain;
import infomax.search.SearchMain;
import infomax.standalone.UserError;
import infomax.trainer.TrainerMain;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code infomax serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Runs one service against an existing Kafka cluster until it is told to stop.")
final class ServeCommand implements Callable<Integer> {

  @Parameters(index = "0", description = "ingest, trainer, indexer or search-api")
  private String service = "";

  @Option(names = "--settings", description = "properties file with the service's settings")
  private @Nullable Path settings;

  @Override
  public Integer call() throws Exception {
    String[] arguments = settings == null ? new String[0] : new String[] {settings.toString()};
    switch (service) {
      case "ingest" -> IngestMain.main(arguments);
      case "trainer" -> TrainerMain.main(arguments);
      case "indexer" -> IndexerMain.main(arguments);
      case "search-api" -> SearchMain.main(arguments);
      default ->
          throw UserError.usage(
              "there is no service '"
                  + service
                  + "'; expected ingest, trainer, indexer or search-api");
    }
    new CountDownLatch(1).await();
    return 0;
  }
}
