/** What the command does at the Kubernetes API itself, as the cluster's administrator: nodes, evictions, readiness of workloads. */
@NullMarked
package io.kvorum.cli.kube;

import org.jspecify.annotations.NullMarked;
