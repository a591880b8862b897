package infomax.search.query;

/** What a hit tells besides id and score. */
enum Include {
  METADATA,
  DIGEST,
  POSITION,
  VECTOR
}
