package infomax.imaging;

/** How an image has to be decoded. */
enum DecodeRoute {
  /** Plain decoder; small and of bounded cost, so that the caller's thread can do it. */
  QUICK,
  /** Plain decoder, watched. */
  PLAIN,
  /** Decoder that converts colours or formats the platform does not know, watched. */
  CONVERTING
}
