package infomax.runtime.access;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.util.FileSize;
import infomax.events.Json;
import infomax.runtime.config.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who changed what: a line of JSON per call, in a file of its own that is rolled every day and at
 * 64 MB; 30 days and 1 GB are kept. Apart from the log of the service, so that its level and its
 * place leave this one alone. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final FileSize FILE_SIZE = FileSize.valueOf("64MB");
  private static final FileSize SIZE_MAX = FileSize.valueOf("1GB");
  private static final int DAYS = 30;

  private final LoggerContext context;
  private final Logger logger;

  private AuditLog(LoggerContext context, Logger logger) {
    this.context = context;
    this.logger = logger;
  }

  /**
   * A call that writes or administers, answered or refused. Never the key, never a body.
   *
   * @param at when it was answered
   * @param key name of the caller's key; null if it has none that is let in
   * @param address where it came from, which may be a proxy
   * @param method HTTP method
   * @param route the route's path, {@code /v1/images/{id}}
   * @param id what it was about: an image, a request, a generation; null if that is not known
   * @param status HTTP status
   * @param outcome {@code done}, {@code refused} (4xx) or {@code failed} (5xx)
   * @param code code of the problem it was answered with; null if there was none
   * @param requestId the id that the answer carries as {@code X-Request-Id}
   */
  public record Entry(
      Instant at,
      @Nullable String key,
      String address,
      String method,
      String route,
      @Nullable String id,
      int status,
      String outcome,
      @Nullable String code,
      String requestId) {}

  /**
   * The log in a file.
   *
   * @throws ConfigurationException if the file cannot be written
   */
  public static AuditLog open(Path file) {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    // Whoever relies on it has to hear of a full disk.
    context.getStatusManager().add(AuditLog::tell);
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setPattern("%msg%n");
    encoder.start();
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());
    SizeAndTimeBasedRollingPolicy<ILoggingEvent> rolling = new SizeAndTimeBasedRollingPolicy<>();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(file + ".%d{yyyy-MM-dd}.%i.gz");
    rolling.setMaxFileSize(FILE_SIZE);
    rolling.setTotalSizeCap(SIZE_MAX);
    rolling.setMaxHistory(DAYS);
    rolling.start();
    appender.setRollingPolicy(rolling);
    appender.setEncoder(encoder);
    appender.start();
    if (!appender.isStarted()) {
      context.stop();
      throw new ConfigurationException(
          "setting http.audit.file is '" + file + "', which cannot be written");
    }
    ch.qos.logback.classic.Logger logger = context.getLogger("infomax.audit");
    logger.setLevel(ch.qos.logback.classic.Level.INFO);
    logger.addAppender(appender);
    return new AuditLog(context, logger);
  }

  private static void tell(Status status) {
    if (status.getLevel() >= Status.WARN) {
      LOG.error("audit log: {}", status.getMessage(), status.getThrowable());
    }
  }

  /** Writes a line. */
  public void write(Entry entry) {
    // As an argument: braces in it are no placeholders.
    logger.info("{}", new String(Json.write(entry), StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    context.stop();
  }
}
