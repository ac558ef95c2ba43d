/**
 * The process {@code controller-manager}: flags, leader election, and the controllers of one term of leadership. One
 * package a controller; each is a pure plan of what to do and a reconciler that does it. They share {@link
 * io.kvorum.controllers.loop} and {@link io.kvorum.controllers.pods}, and know nothing of each other.
 */
@NullMarked
package io.kvorum.controllers;

import org.jspecify.annotations.NullMarked;
