package infomax.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The architecture as ARCHITECTURE.md draws it, held by the classes themselves. */
class ArchitectureTest {

  private static final String[] SERVICES = {"ingest", "trainer", "indexer", "search"};

  /** Read once: JUnit makes an instance per test. */
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("infomax");

  @Test
  void servicesDoNotKnowEachOther() {
    for (String service : SERVICES) {
      for (String other : SERVICES) {
        if (!service.equals(other)) {
          noClasses()
              .that()
              .resideInAPackage("infomax." + service + "..")
              .should()
              .dependOnClassesThat()
              .resideInAPackage("infomax." + other + "..")
              .check(OURS);
        }
      }
    }
  }

  @Test
  void theTestFixturesAreNotInTheProgram() {
    noClasses()
        .that()
        .resideOutsideOfPackage("infomax.testing..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("infomax.testing..")
        .check(OURS);
  }

  @Test
  void eventsDependOnNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage("infomax.events..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "infomax.runtime..",
            "infomax.imaging..",
            "infomax.encoder..",
            "infomax.store..",
            "infomax.index..",
            "infomax.broker..")
        .check(OURS);
  }

  @Test
  void eachLibraryStaysWhereItBelongs() {
    stays("org.apache.lucene..", "infomax.index..", "infomax.indexer..", "infomax.search..");
    // The second reader of an exported file is tribuo-onnx, whose API takes session options.
    stays("ai.onnxruntime..", "infomax.encoder..", "infomax.trainer.export..");
    stays("org.nd4j..", "infomax.trainer..");
    stays("org.deeplearning4j..", "infomax.trainer..");
    // oneDNN is C alone, but comes out of a jar of theirs.
    stays("org.bytedeco..", "infomax.trainer.engine..", "infomax.trainer.onednn..");
    stays("org.tribuo..", "infomax.trainer..", "infomax.testing..");
    stays("ai.onnx..", "infomax.trainer..", "infomax.testing..");
    stays("com.twelvemonkeys..", "infomax.imaging..");
    stays("kafka..", "infomax.broker..");
    stays("software.amazon..", "infomax.store..");
    stays("io.opentelemetry..", "infomax.runtime.tracing..");
  }

  @Test
  void onlyTheRuntimeBuildsKafkaClients() {
    for (String client :
        List.of(
            "org.apache.kafka.clients.consumer.KafkaConsumer",
            "org.apache.kafka.clients.producer.KafkaProducer")) {
      noClasses()
          .that()
          .resideOutsideOfPackage("infomax.runtime.kafka..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName(client)
          .check(OURS);
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("infomax.(**)").should().beFreeOfCycles().check(OURS);
  }

  @Test
  void namesSayWhatThingsAre() {
    classes()
        .should()
        .haveSimpleNameNotEndingWith("Manager")
        .andShould()
        .haveSimpleNameNotEndingWith("Helper")
        .andShould()
        .haveSimpleNameNotEndingWith("Util")
        .andShould()
        .haveSimpleNameNotEndingWith("Utils")
        .andShould()
        .haveSimpleNameNotEndingWith("Impl")
        .check(OURS);
    noClasses()
        .should()
        .resideInAnyPackage("..common..", "..util..", "..utils..", "..misc..")
        .check(OURS);
  }

  @Test
  void theArchitecturePageNamesEveryModule() throws IOException {
    Path root = Path.of(System.getProperty("infomax.root"));
    String page = Files.readString(root.resolve("ARCHITECTURE.md"));
    Matcher modules =
        Pattern.compile("<module>([^<]+)</module>")
            .matcher(Files.readString(root.resolve("pom.xml")));
    int count = 0;
    while (modules.find()) {
      String name = modules.group(1).substring(modules.group(1).lastIndexOf('/') + 1);
      assertThat(page).describedAs("ARCHITECTURE.md").contains("`" + name + "`");
      count++;
    }
    assertThat(count).isGreaterThan(10);
  }

  private void stays(String library, String... homes) {
    noClasses()
        .that()
        .resideOutsideOfPackages(homes)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(OURS);
  }
}
