package infomax.search;

import infomax.events.signal.Signal.PublicationMade;
import infomax.imaging.ImageIntake;
import infomax.index.Publications;
import infomax.runtime.control.ControlLog;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.health.CheckResult;
import infomax.runtime.health.Health;
import infomax.runtime.http.BodyRoom;
import infomax.runtime.http.Routes;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.process.ThreadNice;
import infomax.runtime.signal.SignalFeed;
import infomax.runtime.signal.SignalSender;
import infomax.search.content.ContentReader;
import infomax.search.content.ContentRoutes;
import infomax.search.content.LogReaders;
import infomax.search.live.GenerationLoader;
import infomax.search.live.LoadedGenerations;
import infomax.search.live.LogEnd;
import infomax.search.live.PastPublications;
import infomax.search.live.PublicationListener;
import infomax.search.live.RecallProbe;
import infomax.search.live.ReplicaAnnouncer;
import infomax.search.live.ServingMeters;
import infomax.search.live.Ticker;
import infomax.search.openapi.OpenApiRoutes;
import infomax.search.page.PageRoutes;
import infomax.search.query.Answering;
import infomax.search.query.Duplicates;
import infomax.search.query.ImageSearch;
import infomax.search.query.IndexedImages;
import infomax.search.query.SearchMeters;
import infomax.search.query.SearchRoutes;
import infomax.search.rejected.RejectedTail;
import infomax.search.release.Artifacts;
import infomax.search.release.ReleaseRoutes;
import infomax.search.request.RequestRoutes;
import infomax.search.shadow.RecentQueries;
import infomax.search.shadow.ShadowComparing;
import infomax.search.status.EventHub;
import infomax.search.status.SignalWatch;
import infomax.search.status.StatusFeed;
import infomax.search.status.StatusRoutes;
import infomax.search.status.SystemStatus;
import infomax.store.ObjectStore;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/**
 * A search replica: loads the generations that control names, answers from the live one, and serves
 * the page. Loads nothing it has not verified, and goes on answering from what it has while the
 * broker is away. Thread-safe.
 */
public final class SearchService implements AutoCloseable {

  private static final String CLIENT_ID = "search";
  private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LOG_END_INTERVAL = Duration.ofMillis(500);
  private static final Duration PAST_INTERVAL = Duration.ofSeconds(10);
  private static final Duration STATUS_INTERVAL = Duration.ofSeconds(1);
  private static final int LOWEST_PRIORITY = 19;

  private final Closer closer;
  private final LoadedGenerations loaded;
  private final List<Routes> routes;

  private SearchService(Closer closer, LoadedGenerations loaded, List<Routes> routes) {
    this.closer = closer;
    this.loaded = loaded;
    this.routes = List.copyOf(routes);
  }

  /**
   * Starts a replica. Returns once control is read; generations are loaded in the background.
   *
   * @throws TimeoutException if control cannot be read within a minute
   */
  public static SearchService start(
      SearchConfig config, KafkaClients clients, MeterRegistry metrics, Health health)
      throws TimeoutException, InterruptedException {
    Closer closer = new Closer();
    try {
      return new Assembly(config, clients, metrics, health, closer).assemble();
    } catch (TimeoutException | InterruptedException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  /** The routes of the service and the page. */
  public Routes routes() {
    return all -> routes.forEach(each -> each.addTo(all));
  }

  /**
   * Tells {@code listener} about every later publication that answers: the moment at which its
   * images became searchable here.
   */
  public void onPublicationServed(PublicationListener listener) {
    loaded.follow(listener);
  }

  @Override
  public void close() {
    closer.close();
  }

  /** Puts the parts together, in the order in which they need each other. */
  private static final class Assembly {
    private final InstantSource clock = InstantSource.system();
    private final String replica = CLIENT_ID + "-" + UUID.randomUUID().toString().substring(0, 8);
    private final SearchConfig config;
    private final KafkaClients clients;
    private final MeterRegistry metrics;
    private final Health health;
    private final Closer closer;

    Assembly(
        SearchConfig config,
        KafkaClients clients,
        MeterRegistry metrics,
        Health health,
        Closer closer) {
      this.config = config;
      this.clients = clients;
      this.metrics = metrics;
      this.health = health;
      this.closer = closer;
    }

    SearchService assemble() throws TimeoutException, InterruptedException {
      ObjectStore store = config.objects().open();
      ControlLog control = closer.register(ControlLog.open(clients, CLIENT_ID, CONTROL_TIMEOUT));
      control.measure(metrics, "search-api");
      ControlWriter writer =
          closer.register(new ControlWriter(clients, CLIENT_ID, REQUEST_TIMEOUT));
      SignalSender signals = closer.register(new SignalSender(clients, CLIENT_ID));
      Admin admin = closer.register(clients.admin(CLIENT_ID + "-admin"));
      LogEnd logEnd = new LogEnd(new Topics(admin));
      closer.register(Ticker.start("search-log-end", LOG_END_INTERVAL, logEnd::look));
      LoadedGenerations loaded = closer.register(new LoadedGenerations(clock));
      ReplicaAnnouncer announcer = new ReplicaAnnouncer(signals, loaded, replica, clock);
      Publications publications = new Publications(store, clock);
      PastPublications past =
          closer.register(
              new PastPublications(
                  publications, config.cache().resolve("past"), config.pastPublications(), clock));
      closer.register(Ticker.start("search-past", PAST_INTERVAL, past::closeIdle));
      GenerationLoader loader =
          new GenerationLoader(
              control::state,
              publications,
              loaded,
              config.cache(),
              config.encoder(),
              config.trust(),
              clock,
              announcer::announce);
      ContentReader content =
          new ContentReader(
              loaded,
              closer.register(LogReaders.open(clients, CLIENT_ID, config.contentReaders())),
              config.contentCacheBytesMax());
      Answering answering = new Answering(loaded, past, logEnd, config.searchesAtOnce());
      SearchMeters meters = new SearchMeters(metrics);
      RecentQueries recent = new RecentQueries(config.shadowQueries(), clock);
      SearchRoutes searchRoutes =
          new SearchRoutes(
              new ImageSearch(
                  answering,
                  ImageIntake.create(config.decodesAtOnce()),
                  content::readAhead,
                  meters,
                  recent::made),
              new IndexedImages(answering, content::readAhead),
              new Duplicates(answering),
              meters,
              new BodyRoom(config.bodyBytes()));
      RejectedTail rejected = closer.register(RejectedTail.start(clients, CLIENT_ID, metrics));
      SignalWatch watch = new SignalWatch(clock);
      SystemStatus status =
          new SystemStatus(
              replica,
              control::state,
              loaded,
              loader,
              logEnd,
              watch,
              rejected,
              searchRoutes::answered,
              clock);
      EventHub hub = new EventHub();
      closer.register(hub::close);
      StatusFeed feed = new StatusFeed(hub, status);
      rejected.follow(feed::rejected);
      measure(loaded, loader, logEnd, answering, status);
      run(control, loader, announcer, watch, feed);
      compare(control, loaded, recent, signals);
      check(control, rejected, loaded, loader);
      return new SearchService(
          closer,
          loaded,
          List.of(
              PageRoutes.load(),
              OpenApiRoutes.load(),
              searchRoutes,
              new ContentRoutes(content),
              new StatusRoutes(status, hub, rejected),
              new ReleaseRoutes(control::state, new Artifacts(store)),
              new RequestRoutes(control, writer, clock)));
    }

    private void measure(
        LoadedGenerations loaded,
        GenerationLoader loader,
        LogEnd logEnd,
        Answering answering,
        SystemStatus status) {
      ServingMeters.register(loaded, logEnd, metrics);
      loaded.follow(
          (_, _, _) ->
              loaded
                  .acquire()
                  .ifPresent(
                      lease -> {
                        try (lease) {
                          lease.generation().freshness().ifPresent(status::published);
                        }
                      }));
      Gauge.builder("infomax.search.running", answering, Answering::running)
          .description("answers that are being made")
          .register(metrics);
      Gauge.builder("infomax.search.waiting", answering, Answering::waiting)
          .description("requests that wait until one of them ends")
          .register(metrics);
      if (config.recallInterval().isPositive()) {
        RecallProbe probe = new RecallProbe(loaded, metrics);
        closer.register(
            Ticker.start(
                "search-recall",
                config.recallInterval(),
                () -> {
                  ThreadNice.set(LOWEST_PRIORITY);
                  probe.probe();
                }));
      }
      FunctionCounter.builder(
              "infomax.search.fetched", loader, each -> (double) each.fetchedBytes())
          .description("bytes of publications brought to this replica, linked files included")
          .baseUnit("bytes")
          .register(metrics);
      metrics.gauge("infomax.generations.unloadable", loader, each -> each.problems().size());
    }

    private void run(
        ControlLog control,
        GenerationLoader loader,
        ReplicaAnnouncer announcer,
        SignalWatch watch,
        StatusFeed feed) {
      Ticker loading =
          closer.register(Ticker.start("search-loader", config.pollInterval(), loader::turn));
      health.addLiveness(loading);
      control.follow(_ -> loading.wake());
      control.follow(feed::changed);
      SignalFeed signalFeed = closer.register(SignalFeed.start(clients, CLIENT_ID));
      signalFeed.follow(watch::heard);
      signalFeed.follow(feed::heard);
      signalFeed.follow(
          signal -> {
            if (signal instanceof PublicationMade) {
              loading.wake();
            }
          });
      closer.register(
          Ticker.start("search-heartbeat", config.heartbeatInterval(), announcer::announce));
      closer.register(Ticker.start("search-status", STATUS_INTERVAL, feed::tick));
    }

    private void compare(
        ControlLog control, LoadedGenerations loaded, RecentQueries recent, SignalSender signals) {
      Gauge.builder("infomax.shadow.queries", recent, RecentQueries::size)
          .description("recent queries kept to compare a candidate on")
          .register(metrics);
      ShadowComparing comparing =
          new ShadowComparing(control::state, loaded, recent, signals::send, replica, clock);
      closer.register(Ticker.start("search-shadow", config.heartbeatInterval(), comparing::turn));
    }

    private void check(
        ControlLog control,
        RejectedTail rejected,
        LoadedGenerations loaded,
        GenerationLoader loader) {
      health.addLiveness(control);
      health.addReadiness(rejected);
      health.addReadiness(
          "search-generation",
          () ->
              loaded.serving().isPresent()
                  ? CheckResult.ok()
                  : CheckResult.failed(
                      "no generation is live yet"
                          + loader
                              .waiting()
                              .map(
                                  each ->
                                      "; generation " + each.generation() + ": " + each.reason())
                              .orElse("")));
    }
  }
}
