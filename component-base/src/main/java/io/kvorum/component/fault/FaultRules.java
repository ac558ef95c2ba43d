package io.kvorum.component.fault;

/** The fault rules of this process. */
public final class FaultRules {}
