package infomax.events.image;

/**
 * A reasoned refusal.
 *
 * @param reason the stable reason
 * @param message the offending value and what is accepted, lower case, for people
 */
public record Rejection(RejectionReason reason, String message) {}
