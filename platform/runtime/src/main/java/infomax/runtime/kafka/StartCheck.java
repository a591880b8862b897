package infomax.runtime.kafka;

import infomax.events.Topic;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.kafka.TopicSetting.Impact;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.PatternType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a service asks of the cluster before it begins: may it do what it will have to do, and are
 * the topics as they have to be. Only what would lose data, or could never work, stops the start.
 */
public final class StartCheck {

  private static final Logger LOG = LoggerFactory.getLogger(StartCheck.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final String ADVICE = "docs/kafka-security.md lists what every service needs";

  private final String service;
  private final String bootstrapServers;
  private final Admin admin;

  private StartCheck(String service, String bootstrapServers, Admin admin) {
    this.service = service;
    this.bootstrapServers = bootstrapServers;
    this.admin = admin;
  }

  /**
   * Checks the cluster for {@code service}, one of {@code access.tsv}. A cluster that does not
   * answer is no reason not to start: the service waits for it, and says so.
   *
   * @throws ConfigurationException if the cluster does not know the user, the user lacks a right,
   *     or a topic is such that records would be lost
   */
  public static void run(KafkaClients clients, String service) {
    try (Admin admin = clients.admin(service + "-start")) {
      new StartCheck(service, clients.bootstrapServers(), admin).run();
    } catch (ConfigurationException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.warn("topics of {} are not checked: {}", clients.bootstrapServers(), e.toString());
    }
  }

  private void run() {
    List<AccessRule> rules = AccessRule.of(service);
    if (rules.isEmpty()) {
      throw new IllegalArgumentException("no service is called " + service);
    }
    List<String> missing = new ArrayList<>();
    for (AccessRule rule : rules) {
      Set<AclOperation> lacking =
          switch (rule.type()) {
            case TOPIC -> lackingOfTopic(rule);
            case GROUP -> lackingOfGroup(rule);
            default -> lackingOfTransactionalId(rule);
          };
      if (!lacking.isEmpty()) {
        missing.add(
            "%s on the %s %s%s"
                .formatted(
                    String.join(", ", lacking.stream().map(AclOperation::name).toList()),
                    rule.type().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                    rule.name(),
                    rule.pattern() == PatternType.PREFIXED ? "*" : ""));
      }
    }
    if (!missing.isEmpty()) {
      throw new ConfigurationException(
          "the Kafka user of %s lacks %s; %s"
              .formatted(service, String.join(", and ", missing), ADVICE));
    }
    checkTopics(
        rules.stream()
            .flatMap(rule -> Topic.ALL.stream().filter(topic -> topic.name().equals(rule.name())))
            .toList());
  }

  private void checkTopics(List<Topic> topics) {
    List<TopicSetting> differences =
        new TopicCheck(admin).compare(topics, 1).stream().filter(TopicSetting::differs).toList();
    List<TopicSetting> losses =
        differences.stream().filter(each -> each.impact() == Impact.LOSS).toList();
    if (!losses.isEmpty()) {
      throw new ConfigurationException(
          "%s does not start, since records would be lost:\n%s"
              .formatted(service, TopicSetting.table(losses)));
    }
    for (TopicSetting each : differences) {
      LOG.warn("{}; mend it: {}", each.sentence(), each.remedy(bootstrapServers));
    }
  }

  private Set<AclOperation> lackingOfTopic(AccessRule rule) {
    try {
      TopicDescription description =
          answer(
              () ->
                  admin
                      .describeTopics(
                          List.of(rule.name()),
                          new DescribeTopicsOptions().includeAuthorizedOperations(true))
                      .topicNameValues()
                      .get(rule.name()));
      return without(rule, description.authorizedOperations());
    } catch (AuthorizationException e) {
      return rule.operations();
    } catch (UnknownTopicOrPartitionException e) {
      // The comparison of topics says so.
      return Set.of();
    }
  }

  private Set<AclOperation> lackingOfGroup(AccessRule rule) {
    try {
      answer(() -> admin.describeConsumerGroups(List.of(rule.name())).all());
      return Set.of();
    } catch (AuthorizationException e) {
      return rule.operations();
    } catch (GroupIdNotFoundException e) {
      return Set.of();
    }
  }

  private Set<AclOperation> lackingOfTransactionalId(AccessRule rule) {
    try {
      answer(() -> admin.describeTransactions(List.of(rule.name())).all());
      return Set.of();
    } catch (AuthorizationException e) {
      return rule.operations();
    } catch (TransactionalIdNotFoundException e) {
      return Set.of();
    }
  }

  private static Set<AclOperation> without(AccessRule rule, Set<AclOperation> authorized) {
    Set<AclOperation> lacking = new TreeSet<>(rule.operations());
    lacking.removeAll(authorized);
    return lacking;
  }

  /** A coordinator that is only being chosen says so for a moment. */
  private <T> T answer(Supplier<KafkaFuture<T>> question) {
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return Topics.get(question.get());
      } catch (AuthenticationException e) {
        throw new ConfigurationException(
            "the cluster at %s does not let %s in: %s; check kafka.security.*"
                .formatted(bootstrapServers, service, e.getMessage()));
      } catch (UnknownTopicOrPartitionException e) {
        throw e;
      } catch (RetriableException e) {
        if (System.nanoTime() > deadlineNanos) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
