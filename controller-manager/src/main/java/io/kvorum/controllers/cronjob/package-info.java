/** The CronJob controller: makes Jobs when they are due. */
@NullMarked
package io.kvorum.controllers.cronjob;

import org.jspecify.annotations.NullMarked;
