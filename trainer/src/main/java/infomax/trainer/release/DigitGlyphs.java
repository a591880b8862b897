package infomax.trainer.release;

import java.awt.Graphics2D;

/** Digits and the decimal point as 3 x 5 dots, for machines without fonts. */
final class DigitGlyphs {

  private static final int COLUMNS = 3;
  private static final int ROWS = 5;
  private static final int DOT = 2;

  /** One row of three dots per octal digit, top row first. */
  private static final int[] DIGITS = {
    075557, 026227, 071747, 071717, 055711, 074717, 074757, 071111, 075757, 075717
  };

  private static final int POINT = 000002;

  private DigitGlyphs() {}

  /** Draws a number with its upper left corner at (x, y), in the current colour. */
  static void draw(Graphics2D graphics, String number, int x, int y) {
    int left = x;
    for (int i = 0; i < number.length(); i++) {
      char character = number.charAt(i);
      int glyph = character == '.' ? POINT : DIGITS[Character.digit(character, 10)];
      for (int row = 0; row < ROWS; row++) {
        int dots = (glyph >> (3 * (ROWS - 1 - row))) & 07;
        for (int column = 0; column < COLUMNS; column++) {
          if ((dots >> (COLUMNS - 1 - column) & 1) == 1) {
            graphics.fillRect(left + column * DOT, y + row * DOT, DOT, DOT);
          }
        }
      }
      left += (COLUMNS + 1) * DOT;
    }
  }
}
