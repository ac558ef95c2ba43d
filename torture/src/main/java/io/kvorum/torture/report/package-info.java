/**
 * What people read of a checked history: {@link io.kvorum.torture.report.TextReport} for a terminal and {@link
 * io.kvorum.torture.report.ReportPage} for a browser, both with a timeline of the first violation.
 */
@NullMarked
package io.kvorum.torture.report;

import org.jspecify.annotations.NullMarked;
