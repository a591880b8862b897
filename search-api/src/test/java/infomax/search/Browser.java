package infomax.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A headless Chromium with a profile of its own. */
final class Browser implements AutoCloseable {

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private final ChromeDriver driver;
  private final Path screenshots;

  private Browser(ChromeDriver driver, Path screenshots) {
    this.driver = driver;
    this.screenshots = screenshots;
  }

  static boolean isInstalled() {
    return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
  }

  /**
   * Starts a browser.
   *
   * @param profile an empty folder
   * @param screenshots where screenshots go
   */
  static Browser start(Path profile, Path screenshots) throws IOException {
    Files.createDirectories(screenshots);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + profile);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(DRIVER.toFile())
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options), screenshots);
  }

  void open(String url) {
    driver.get(url);
  }

  /** Looks like a window of this size on a light or dark desktop. */
  void appear(int width, int height, String scheme) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  WebElement await(String css) {
    return new WebDriverWait(driver, Duration.ofSeconds(30))
        .until(present -> present.findElement(By.cssSelector(css)));
  }

  void awaitText(String css, String text) {
    new WebDriverWait(driver, Duration.ofSeconds(30))
        .ignoring(org.openqa.selenium.StaleElementReferenceException.class)
        .until(
            present ->
                present.findElements(By.cssSelector(css)).stream()
                    .anyMatch(element -> element.getText().contains(text)));
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  String url() {
    return driver.getCurrentUrl();
  }

  /** Drops a file on the page, as a hand does; {@code window.dropped} tells when, in ms. */
  void drop(String name, String mediaType, byte[] bytes) {
    driver.executeScript(
        """
        const [name, type, base64] = arguments;
        const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], name, {type}));
        window.dropped = performance.now();
        for (const event of ['dragenter', 'dragover', 'drop']) {
          document.body.dispatchEvent(
            new DragEvent(event, {bubbles: true, cancelable: true, dataTransfer: transfer}));
        }
        """,
        name,
        mediaType,
        Base64.getEncoder().encodeToString(bytes));
  }

  /**
   * Draws with the mouse from one place of an element to another; places are shares of its sides.
   */
  void drag(String css, double fromX, double fromY, double toX, double toY) {
    mouse("mousePressed", css, fromX, fromY);
    mouse("mouseMoved", css, (fromX + toX) / 2, (fromY + toY) / 2);
    mouse("mouseMoved", css, toX, toY);
    mouse("mouseReleased", css, toX, toY);
  }

  private void mouse(String type, String css, double x, double y) {
    Object place =
        run(
            """
            const box = document.querySelector(arguments[0]).getBoundingClientRect();
            return [box.left + arguments[1] * box.width, box.top + arguments[2] * box.height];
            """,
            css,
            x,
            y);
    if (!(place instanceof List<?> at)) {
      throw new IllegalStateException(css + " has no place on the page: " + place);
    }
    driver.executeCdpCommand(
        "Input.dispatchMouseEvent",
        Map.of("type", type, "x", at.get(0), "y", at.get(1), "button", "left", "clickCount", 1));
  }

  /** Clicks as a script does: whatever lies above does not get in the way. */
  void click(String css) {
    await(css);
    run("document.querySelector(arguments[0]).click()", css);
  }

  /** Waits until a script's expression holds. */
  void awaitTrue(String expression) {
    new WebDriverWait(driver, Duration.ofSeconds(30))
        .withMessage(expression)
        .until(_ -> Boolean.TRUE.equals(run("return " + expression)));
  }

  void back() {
    driver.navigate().back();
  }

  /** Keeps what the page hands to the reader in this folder. */
  void saveTo(Path folder) {
    driver.executeCdpCommand(
        "Browser.setDownloadBehavior",
        Map.of("behavior", "allow", "downloadPath", folder.toAbsolutePath().toString()));
  }

  /** What the page wrote to the console, such as refused scripts; failed requests left out. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .filter(message -> !message.contains("Failed to load resource"))
        .toList();
  }

  void screenshot(String name) throws IOException {
    Object data =
        driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png")).get("data");
    Files.write(
        screenshots.resolve(name + ".png"), Base64.getDecoder().decode(String.valueOf(data)));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
