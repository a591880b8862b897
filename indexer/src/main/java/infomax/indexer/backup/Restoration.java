package infomax.indexer.backup;

import infomax.events.Digest;
import infomax.events.Topic;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.index.Publications;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Brings a backup into a system's store and asks the rollout controller to begin a generation with
 * it. Nothing of the system changes until the controller has taken the request.
 */
public final class Restoration {

  private static final String CLAIM = "restore-";
  private static final Duration EXPIRES_AFTER = Duration.ofHours(1);

  private final KafkaClients clients;
  private final Publications publications;
  private final InstantSource clock;

  /** Restores into the store of {@code publications}, beside the log of {@code clients}. */
  public Restoration(KafkaClients clients, Publications publications, InstantSource clock) {
    this.clients = clients;
    this.publications = publications;
    this.clock = clock;
  }

  /**
   * Checks a backup against the log, brings its objects, verified, and makes the request.
   *
   * @param control the newest state
   * @param who who asks
   * @param why why
   * @return the request, to be appended to {@code control}
   * @throws BackupRefusedException if the backup is damaged, or not one of this log
   */
  public ControlRequest prepare(
      BackupPlace place, String name, ControlState control, String who, String why) {
    Backup backup = place.read(name);
    conditions(control)
        .refusal(backup)
        .ifPresent(
            problem -> {
              throw new BackupRefusedException(
                  "backup " + name + " cannot be restored here: " + problem);
            });
    byte[] description = backup.bytes();
    Digest digest = Digest.of(description);
    Set<Digest> objects = new HashSet<>(backup.objects());
    objects.add(digest);
    String id = UUID.randomUUID().toString();
    publications.claims().claim(claimsOf(digest) + id, objects);
    place.fetch(name, backup, publications.store());
    publications.store().put(description);
    Instant now = clock.instant();
    return new ControlRequest(
        id,
        Kind.RESTORE,
        Map.of(ControlRequest.BACKUP, digest.hex()),
        who,
        why,
        now,
        now.plus(EXPIRES_AFTER),
        Status.PENDING,
        "");
  }

  /** Begins the names of the claims that keep the objects of a restored backup. */
  public static String claimsOf(Digest description) {
    return CLAIM + description.hex() + "-";
  }

  private RestoreConditions conditions(ControlState control) {
    try (Admin admin = clients.admin("restore")) {
      Topics topics = new Topics(admin);
      String name = Topic.IMAGES.name();
      TopicDescription topic = topics.describe(name);
      int partitions = topic.partitions().size();
      return new RestoreConditions(
          topic.topicId().toString(),
          partitions,
          topics.ends(name, partitions),
          Duration.ofMillis(
              Long.parseLong(topics.setting(name, TopicConfig.DELETE_RETENTION_MS_CONFIG))),
          control.encoders(),
          clock.instant());
    }
  }
}
