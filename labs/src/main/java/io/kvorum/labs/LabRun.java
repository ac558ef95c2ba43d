package io.kvorum.labs;

import java.nio.file.Path;

/**
 * A lab that was started on a cluster.
 *
 * @param state the lab's folder in the cluster's state, for what scripts keep from one step to the next
 */
public record LabRun(Lab lab, Progress progress, Path state) {}
