package infomax.search.page;

import infomax.events.Digest;
import infomax.runtime.access.Scope;
import infomax.runtime.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The page at {@code /} and its files under {@code /page/}. It loads nothing from elsewhere and
 * runs no inline script, and the headers hold the browser to that.
 */
public final class PageRoutes implements Routes {

  private static final String CONTENT_SECURITY_POLICY =
      String.join(
          "; ",
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "img-src 'self' blob:",
          "connect-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "form-action 'none'",
          "require-trusted-types-for 'script'");

  private static final Map<String, String> MEDIA_TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private static final String INDEX = "index.html";
  private static final List<String> FILES =
      List.of(
          "page.css",
          "icon.svg",
          "main.js",
          "api.js",
          "charts.js",
          "crop.js",
          "dialogs.js",
          "elements.js",
          "encoders.js",
          "facets.js",
          "format.js",
          "history.js",
          "hits.js",
          "keys.js",
          "live.js",
          "masthead.js",
          "notices.js",
          "question.js",
          "rejected.js",
          "release.js",
          "roll.js",
          "search.js",
          "sheet.js",
          "sheetpicture.js",
          "sheetrows.js",
          "stream.js",
          "training.js",
          "uploads.js");

  private final List<PageFile> files;

  private PageRoutes(List<PageFile> files) {
    this.files = List.copyOf(files);
  }

  /** Reads the page's files from the class path. */
  public static PageRoutes load() {
    List<PageFile> files = new ArrayList<>();
    files.add(read(INDEX, "/"));
    FILES.forEach(name -> files.add(read(name, "/page/" + name)));
    return new PageRoutes(files);
  }

  @Override
  public void addTo(RoutesConfig routes) {
    files.forEach(file -> routes.get(file.path(), context -> answer(context, file), Scope.OPEN));
  }

  private static void answer(Context context, PageFile file) {
    String tag = "\"" + file.digest().hex() + "\"";
    context
        .header("ETag", tag)
        .header("Cache-Control", "no-cache")
        .header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cross-Origin-Resource-Policy", "same-origin");
    if (tag.equals(context.header("If-None-Match"))) {
      context.status(304);
      return;
    }
    context.contentType(file.mediaType()).result(file.bytes());
  }

  private static PageFile read(String name, String path) {
    try (InputStream in = PageRoutes.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the page's file " + name + " is not on the class path");
      }
      byte[] bytes = in.readAllBytes();
      String extension = name.substring(name.lastIndexOf('.') + 1);
      String mediaType = MEDIA_TYPES.getOrDefault(extension, "application/octet-stream");
      return new PageFile(path, mediaType, bytes, Digest.of(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("the page's file " + name + " cannot be read", e);
    }
  }

  /** A file of the page. */
  @SuppressWarnings("ArrayRecordComponent") // sent as it is and never compared
  private record PageFile(String path, String mediaType, byte[] bytes, Digest digest) {}
}
