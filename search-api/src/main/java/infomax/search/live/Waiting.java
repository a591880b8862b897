package infomax.search.live;

/**
 * The generation that is to answer but does not yet.
 *
 * @param generation its number
 * @param reason what it waits for, one sentence without a full stop
 */
public record Waiting(int generation, String reason) {}
