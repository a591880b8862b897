package infomax.indexer.rollout.decision;

import infomax.events.control.FailureCause;

/**
 * A generation that its indexer cannot go on with. It is told, not decided: only the rollout
 * controller ends a generation.
 *
 * @param generation its number
 * @param cause why, for programs
 * @param detail why, for people
 */
public record IndexingFailure(int generation, FailureCause cause, String detail) {}
