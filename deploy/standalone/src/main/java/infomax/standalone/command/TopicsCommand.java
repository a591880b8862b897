package infomax.standalone.command;

import infomax.events.Topic;
import infomax.runtime.config.Settings;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.TopicCheck;
import infomax.runtime.kafka.TopicSetting;
import infomax.runtime.kafka.Topics;
import infomax.standalone.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code infomax topics}: the topics of a cluster against what the system expects of them. */
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = {
      "Compares the topics of a Kafka cluster with what the system expects, or creates those that"
          + " are missing.",
      "What exists is never changed; the command that would is printed."
    },
    exitCodeList = {
      "0:every topic is as it has to be",
      "1:one is missing or differs, or the cluster does not answer",
      "2:the command does not take this"
    })
final class TopicsCommand implements Callable<Integer> {

  private static final int REPLICAS_MAX = 3;

  /** What is to be done. */
  static final class Mode {
    @Option(names = "--check", required = true, description = "compare, change nothing")
    boolean check;

    @Option(names = "--create", required = true, description = "create the missing ones")
    boolean create;
  }

  @ArgGroup(multiplicity = "1")
  private Mode mode = new Mode();

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = "the cluster (default: kafka.bootstrap-servers, else 127.0.0.1:9092)")
  private @Nullable String kafka;

  @Option(
      names = "--settings",
      description = "properties file with kafka.security.* and kafka.client.*, as services take it")
  private @Nullable Path settings;

  @Override
  public Integer call() throws Exception {
    KafkaClients clients = KafkaClients.from(settings());
    try (Admin admin = clients.admin("topics")) {
      int replicas = Math.min(REPLICAS_MAX, admin.describeCluster().nodes().get().size());
      TopicCheck check = new TopicCheck(admin);
      if (mode.create) {
        create(admin, check, replicas);
      }
      List<TopicSetting> found = check.compare(Topic.ALL, replicas);
      System.out.println(TopicSetting.table(found));
      List<TopicSetting> differences = found.stream().filter(TopicSetting::differs).toList();
      differences.forEach(each -> System.err.println(each.remedy(clients.bootstrapServers())));
      return differences.isEmpty() ? 0 : UserError.EXIT_ERROR;
    } catch (ExecutionException e) {
      throw unusable(clients, String.valueOf(e.getCause()), e);
    } catch (KafkaException e) {
      throw unusable(clients, e.toString(), e);
    }
  }

  private static void create(Admin admin, TopicCheck check, int replicas) {
    List<String> missing =
        check.compare(Topic.ALL, replicas).stream()
            .filter(each -> each.setting().equals(TopicSetting.TOPIC))
            .map(TopicSetting::topic)
            .toList();
    List<Topic> topics =
        Topic.ALL.stream().filter(topic -> missing.contains(topic.name())).toList();
    new Topics(admin).create(topics, (short) replicas);
    topics.forEach(
        topic ->
            System.err.printf(
                "created %s with %d partitions and %d replicas%n",
                topic.name(), topic.partitions(), replicas));
  }

  private Settings settings() {
    try {
      Settings given = settings == null ? Settings.of(Map.of()) : Settings.load(settings);
      Settings all = given.withEnvironment(System.getenv());
      return kafka == null ? all : all.with(Map.of("kafka.bootstrap-servers", kafka));
    } catch (IOException e) {
      throw new UserError(settings + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static UserError unusable(KafkaClients clients, String cause, Exception thrown) {
    return new UserError(
        "the Kafka cluster at %s cannot be asked: %s; check --kafka and kafka.security.*"
            .formatted(clients.bootstrapServers(), cause),
        thrown);
  }
}
