package infomax.search.status;

import infomax.events.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Hands every event to every subscriber. A subscriber that does not keep up is cut off, so that a
 * slow browser costs nothing but itself. Thread-safe.
 */
public final class EventHub {

  static final int SUBSCRIBERS_MAX = 100;
  private static final int WAITING_MAX = 256;

  private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();

  /** Sends an event to everybody. */
  void send(String name, Object body) {
    if (subscribers.isEmpty()) {
      return;
    }
    Event event = Event.of(name, body);
    for (Subscriber subscriber : subscribers) {
      if (!subscriber.events.offer(event)) {
        subscriber.close();
      }
    }
  }

  /** A new subscriber, unless there are {@value #SUBSCRIBERS_MAX}. */
  synchronized Optional<Subscriber> subscribe() {
    if (subscribers.size() >= SUBSCRIBERS_MAX) {
      return Optional.empty();
    }
    Subscriber subscriber = new Subscriber();
    subscribers.add(subscriber);
    return Optional.of(subscriber);
  }

  /** Ends every subscription. */
  public void close() {
    subscribers.forEach(Subscriber::close);
  }

  /**
   * An event.
   *
   * @param name its name
   * @param json its body
   */
  record Event(String name, String json) {
    static Event of(String name, Object body) {
      return new Event(name, new String(Json.write(body), StandardCharsets.UTF_8));
    }
  }

  /** One subscriber's events, waiting to be taken by one thread. */
  final class Subscriber implements AutoCloseable {
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(WAITING_MAX);
    private volatile boolean closed;

    /** The next event; empty if none came within a second. */
    Optional<Event> next() throws InterruptedException {
      return Optional.ofNullable(events.poll(1, TimeUnit.SECONDS));
    }

    boolean isClosed() {
      return closed;
    }

    @Override
    public void close() {
      closed = true;
      subscribers.remove(this);
    }
  }
}
