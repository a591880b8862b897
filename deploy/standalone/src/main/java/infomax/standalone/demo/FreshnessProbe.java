package infomax.standalone.demo;

import infomax.events.Positions;
import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.RecordLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Measures freshness from outside: it reads {@code images} itself, and for every record takes the
 * time from its timestamp to the first publication in the live searcher that lies above its offset.
 * Thread-safe.
 */
public final class FreshnessProbe implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int SERVED_MAX = 2_000;

  /** Of a sample: however many there are, they take a few hundred kilobytes. */
  private static final int SIGNIFICANT_DIGITS = 3;

  private final Deque<Served> served = new ArrayDeque<>();
  private final List<Deque<Pending>> pending = new ArrayList<>();
  private final RecordLoop loop;
  private final Histogram samplesMillis = new Histogram(SIGNIFICANT_DIGITS);
  private long imagesSeen;
  private boolean measuring;

  private record Served(Instant at, Positions positions) {}

  private record Pending(long offset, long timestampMillis) {}

  private FreshnessProbe(KafkaClients clients) {
    List<TopicPartition> partitions =
        IntStream.range(0, Topic.IMAGES.partitions())
            .mapToObj(partition -> new TopicPartition(Topic.IMAGES.name(), partition))
            .toList();
    partitions.forEach(_ -> pending.add(new ArrayDeque<>()));
    loop =
        RecordLoop.start(
            "demo-freshness",
            () -> {
              Consumer<byte[], byte[]> consumer =
                  clients.consumer("demo-freshness", 4 * 1024 * 1024);
              consumer.assign(partitions);
              consumer.seekToEnd(partitions);
              return consumer;
            },
            this::turn);
  }

  /** Starts reading at the end of the log. */
  public static FreshnessProbe start(KafkaClients clients) {
    return new FreshnessProbe(clients);
  }

  /** Counts records from now on. */
  public synchronized void beginMeasuring() {
    measuring = true;
    pending.forEach(Deque::clear);
  }

  /** Forgets the samples and the records that are not visible yet; later ones are counted. */
  public synchronized void restartMeasuring() {
    beginMeasuring();
    samplesMillis.reset();
  }

  /** True once records are counted. */
  public synchronized boolean isMeasuring() {
    return measuring;
  }

  /** Hears that the live searcher shows everything below {@code positions}. */
  public synchronized void served(Positions positions, Instant at) {
    served.addLast(new Served(at, positions));
    if (served.size() > SERVED_MAX) {
      served.removeFirst();
    }
    settle();
  }

  /** Records of {@code images} seen since the start, deletes not counted. */
  public synchronized long imagesSeen() {
    return imagesSeen;
  }

  /** Samples so far. */
  public synchronized long samples() {
    return samplesMillis.getTotalCount();
  }

  /** Records that are not visible yet. */
  public synchronized int waiting() {
    return pending.stream().mapToInt(Deque::size).sum();
  }

  /**
   * The freshness that {@code share} of the samples do not exceed, in ms, at most a thousandth too
   * high; empty without samples.
   */
  public synchronized OptionalLong quantileMillis(double share) {
    return samplesMillis.getTotalCount() == 0
        ? OptionalLong.empty()
        : OptionalLong.of(samplesMillis.getValueAtPercentile(100 * share));
  }

  @Override
  public void close() {
    loop.close();
  }

  private void turn(Consumer<byte[], byte[]> consumer) {
    Iterable<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL);
    synchronized (this) {
      for (ConsumerRecord<byte[], byte[]> consumed : records) {
        if (consumed.value() == null) {
          continue;
        }
        imagesSeen++;
        if (measuring) {
          pending
              .get(consumed.partition())
              .add(new Pending(consumed.offset(), consumed.timestamp()));
        }
      }
      settle();
    }
  }

  /** Takes out every pending record that a publication has shown, at the first one that did. */
  private void settle() {
    for (int partition = 0; partition < pending.size(); partition++) {
      Deque<Pending> waiting = pending.get(partition);
      for (Served publication : served) {
        long shown = publication.positions().offset(partition);
        while (!waiting.isEmpty() && waiting.getFirst().offset() < shown) {
          samplesMillis.recordValue(
              Math.max(
                  0, publication.at().toEpochMilli() - waiting.removeFirst().timestampMillis()));
        }
        if (waiting.isEmpty()) {
          break;
        }
      }
    }
  }
}
