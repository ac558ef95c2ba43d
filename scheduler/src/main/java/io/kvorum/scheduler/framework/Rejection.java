package io.kvorum.scheduler.framework;

/** The plugin that keeps a pod off a node, and its answer. */
public record Rejection(String plugin, Status status) {}
