package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** What somebody does with the page's search: crops, steers, filters, and goes back. */
final class PageSearching {

  private static final String HITS = "[data-role=hits] .tile";

  private final Browser browser;

  PageSearching(Browser browser) {
    this.browser = browser;
  }

  void cropsByMouseAndByKeyboard() throws Exception {
    browser.drop("pair.png", "image/png", Pictures.pair(5, 9, 96));
    browser.await("canvas[data-role=crop][aria-label='The whole image']");
    browser.await(HITS);
    browser.run("document.querySelector('[data-role=crop]').scrollIntoView({block: 'center'})");
    browser.drag("[data-role=crop]", 0.502, 0.01, 0.999, 0.99);
    awaitFirst("image-9");
    assertThat(address()).contains("crop=");
    browser.screenshot("cropped-image");
    WebElement canvas = browser.await("[data-role=crop]");
    canvas.sendKeys(Keys.ESCAPE);
    browser.await("canvas[data-role=crop][aria-label='The whole image']");
    browser.awaitTrue("!location.hash.includes('crop')");
    canvas.sendKeys(Keys.chord(Keys.SHIFT, Keys.ARROW_LEFT));
    browser.awaitTrue("location.hash.includes('crop=0%2C0%2C187%2C96')");
    browser.back();
    browser.await("canvas[data-role=crop][aria-label='The whole image']");
  }

  void showsAPhotoUpright() {
    browser.drop("turned.jpg", "image/jpeg", Pictures.turnedPair(5, 9, 96));
    browser.await("canvas[data-role=crop]");
    browser.awaitTrue(
        "(({clientWidth, clientHeight}) => Math.abs(clientHeight - 2 * clientWidth) <= 2)"
            + "(document.querySelector('[data-role=crop]'))");
    // Upright, what was the left half is the upper one.
    browser.run("document.querySelector('[data-role=crop]').scrollIntoView({block: 'center'})");
    browser.drag("[data-role=crop]", 0.01, 0.01, 0.99, 0.498);
    browser.awaitTrue("location.hash.includes('crop=')");
    Object part =
        browser.run("return new URLSearchParams(location.hash.split('?')[1]).get('crop')");
    assertThat(String.valueOf(part)).matches("\\d,\\d,9\\d,9\\d");
  }

  void steersAndTakesBack(SmallSystem system) throws Exception {
    browser.open(system.url("/#/search?id=image-8"));
    browser.awaitText("[data-role=details]", "image-8");
    browser.await(HITS + "[data-id]");
    String more = id(browser.all(HITS).get(3));
    String less = id(browser.all(HITS).get(6));
    browser.click(HITS + "[data-id='" + more + "'] [data-turn=plus]");
    browser.await("[data-example=plus][data-id='" + more + "']");
    browser.awaitTrue("!document.querySelector(\"" + HITS + "[data-id='" + more + "']\")");
    browser.click(HITS + "[data-id='" + less + "'] [data-turn=minus]");
    browser.await("[data-example=minus][data-id='" + less + "']");
    assertThat(address()).contains("plus=" + more).contains("minus=" + less);
    browser.awaitTrue("!document.querySelector('[aria-busy]')");
    browser.screenshot("steered-search");
    browser.click("[data-example=plus] .take");
    browser.awaitTrue("document.querySelectorAll('[data-example=plus]').length === 0");
    browser.back();
    browser.await("[data-example=plus][data-id='" + more + "']");
    browser.back();
    browser.back();
    browser.awaitTrue("!location.hash.includes('plus') && location.hash.includes('image-8')");
    browser.awaitTrue("!document.querySelector('[data-role=steering]')");
  }

  void filtersByWhatResultsCarry(SmallSystem system) throws Exception {
    browser.open(system.url("/#/search?id=image-8&k=40"));
    browser.awaitTrue("document.querySelectorAll('" + HITS + "[data-id]').length === 40");
    browser.click("[data-value='label = disc']");
    awaitNames("disc", true);
    browser.awaitText("[data-role=provenance]", "100 of 400 images match");
    browser.screenshot("filtered-search");
    browser.click("[data-condition='label = disc'] button");
    awaitNames("disc", false);
    assertThat(address()).contains("not=label:\"disc\"").doesNotContain("must=");
    browser.click("[data-condition='label = disc'] .take");
    browser.awaitTrue("!document.querySelector('[data-condition]')");
    assertThat(address()).contains("k=40");
  }

  private void awaitNames(String name, boolean all) {
    String names = "[...document.querySelectorAll('" + HITS + " .name')]";
    browser.awaitTrue(
        "%s.length > 0 && %s.%s((each) => (each.textContent === '%s') === %s)"
            .formatted(names, names, "every", name, all));
  }

  private void awaitFirst(String id) {
    browser.awaitTrue("document.querySelector('" + HITS + "')?.dataset.id === '" + id + "'");
  }

  private String address() {
    return URLDecoder.decode(Objects.requireNonNull(browser.url()), StandardCharsets.UTF_8);
  }

  private static String id(WebElement tile) {
    return Objects.requireNonNull(tile.getDomAttribute("data-id"));
  }
}
