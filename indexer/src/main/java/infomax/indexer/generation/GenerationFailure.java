package infomax.indexer.generation;

import infomax.events.control.FailureCause;

/**
 * Why a generation cannot be indexed any further. It is told, not decided: only the rollout
 * controller ends a generation.
 *
 * @param generation its number
 * @param cause why, for programs
 * @param detail why, for people
 */
public record GenerationFailure(int generation, FailureCause cause, String detail) {}
