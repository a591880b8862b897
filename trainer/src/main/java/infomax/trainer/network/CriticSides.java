package infomax.trainer.network;

/**
 * What the critics look at. Always z with z or with the whole feature map C (global), and z with
 * each location of C (local); more where it is asked for.
 *
 * @param global what the global critic compares z with
 * @param within whether there are critics for two locations of C
 * @param earlier whether there are critics for z with each location of the map before C
 */
public record CriticSides(Global global, boolean within, boolean earlier) {

  /** Global and local alone, z with z. */
  public static final CriticSides USUAL = new CriticSides(Global.Z, false, false);

  /** What the global critic compares z with. */
  public enum Global {
    /** z itself, which stands for the image. */
    Z,
    /** All locations of C side by side, as Deep InfoMax has it. */
    FEATURE_MAP
  }
}
