package infomax.indexer.generation;

import infomax.events.Positions;
import infomax.events.image.DeadLetter;
import infomax.index.Publications;
import infomax.index.PublishedShards;
import infomax.indexer.generation.Orders.Mode;
import infomax.store.ObjectStoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every generation meets the same bad records, and one of them, the leader, writes their dead
 * letters. The others hold theirs until they lead. Used by one thread.
 */
final class LettersInTurn {

  private static final Logger LOG = LoggerFactory.getLogger(LettersInTurn.class);

  /** Far longer than a change of the leader takes to be heard by every generation. */
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

  private final int generation;
  private final DeadLetters letters;
  private final Publications publications;
  private final HeldLetters held = new HeldLetters();
  private final Interval looks = new Interval(LOOK_INTERVAL);

  /** What the leader had published at the last two looks, the older first. */
  private final Deque<Positions> ledUpTo = new ArrayDeque<>(List.of(Positions.START));

  private int leader;

  LettersInTurn(int generation, int leader, DeadLetters letters, Publications publications) {
    this.generation = generation;
    this.leader = leader;
    this.letters = letters;
    this.publications = publications;
  }

  /**
   * What the old leader has not published it may not have dead-lettered either. It may have gone on
   * publishing since it stopped to lead, without letters, so that what it had published a while ago
   * counts: a letter may come twice then, but none is lost.
   */
  void follow(Orders now) {
    if (now.leads() && leader != now.leader()) {
      held.takeFrom(ledUpTo.getFirst()).forEach(letters::send);
    }
    leader = now.leader();
    if (!now.leads() && looks.isDue()) {
      looks.restart();
      lookAtLeader();
    }
  }

  /** Writes a letter, or holds it where another generation writes it. */
  void add(DeadLetter letter, Orders now) {
    if (now.leads()) {
      letters.send(letter);
    } else if (now.mode() == Mode.FOLLOW) {
      held.add(letter);
    }
  }

  private void lookAtLeader() {
    try {
      publications.latest(leader).map(PublishedShards::positions).ifPresent(ledUpTo::addLast);
    } catch (ObjectStoreException e) {
      LOG.debug("generation={} could not look at its leader", generation, e);
    }
    if (ledUpTo.size() > 2) {
      ledUpTo.removeFirst();
    }
  }
}
