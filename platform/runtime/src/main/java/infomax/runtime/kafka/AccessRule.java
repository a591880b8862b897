package infomax.runtime.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A row of {@code access.tsv}: what one service does with one resource of the cluster. {@code
 * READ}, {@code WRITE} and {@code DELETE} imply {@code DESCRIBE}; writing to any topic implies what
 * an idempotent producer needs (KIP-679).
 *
 * @param service the service, or {@code producer} for whoever uploads, {@code operator} for whoever
 *     sets topics up and {@code backup} for whoever makes backups and restores them
 * @param type topic, group or transactional id
 * @param pattern literal, or prefixed if {@code name} is how the names begin
 * @param name the resource
 * @param operations what the service does with it
 */
public record AccessRule(
    String service,
    ResourceType type,
    PatternType pattern,
    String name,
    Set<AclOperation> operations) {

  private static final String TABLE = "access.tsv";

  /** Copies the operations, in a fixed order. */
  public AccessRule {
    operations = java.util.Collections.unmodifiableSet(new TreeSet<>(operations));
  }

  /** Every rule, in the order of the table. */
  public static List<AccessRule> all() {
    List<AccessRule> rules = new ArrayList<>();
    try (InputStream table = Objects.requireNonNull(AccessRule.class.getResourceAsStream(TABLE))) {
      new String(table.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .forEach(line -> rules.add(parse(line)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rules;
  }

  /** The rules of one service. */
  public static List<AccessRule> of(String service) {
    return all().stream().filter(rule -> rule.service.equals(service)).toList();
  }

  /** The rule as Kafka keeps it, for a user such as {@code User:ingest}. */
  public List<AclBinding> bindings(String principal) {
    ResourcePattern resource = new ResourcePattern(type, name, pattern);
    return operations.stream()
        .map(
            operation ->
                new AclBinding(
                    resource,
                    new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)))
        .toList();
  }

  /** The line for {@code kafka-acls.sh} that adds the rule for a user of the service's name. */
  public String command() {
    StringBuilder line = new StringBuilder("kafka-acls.sh $ADMIN --add --allow-principal User:");
    line.append(service);
    for (AclOperation operation : operations) {
      line.append(" --operation ").append(camelCase(operation));
    }
    line.append(
        switch (type) {
          case TOPIC -> " --topic ";
          case GROUP -> " --group ";
          case TRANSACTIONAL_ID -> " --transactional-id ";
          default -> throw new IllegalStateException("no rule is about a " + type);
        });
    line.append(name);
    if (pattern == PatternType.PREFIXED) {
      line.append(" --resource-pattern-type prefixed");
    }
    return line.toString();
  }

  private static AccessRule parse(String line) {
    String[] cells = line.split("\t", -1);
    TreeSet<AclOperation> operations = new TreeSet<>();
    Stream.of(cells[4].split(" ", -1)).map(AclOperation::valueOf).forEach(operations::add);
    return new AccessRule(
        cells[0],
        ResourceType.valueOf(cells[1].toUpperCase(Locale.ROOT).replace('-', '_')),
        PatternType.valueOf(cells[2].toUpperCase(Locale.ROOT)),
        cells[3],
        operations);
  }

  /** As {@code kafka-acls.sh} spells operations: {@code DescribeConfigs}. */
  private static String camelCase(AclOperation operation) {
    StringBuilder text = new StringBuilder();
    for (String word : operation.name().split("_", -1)) {
      text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }
}
