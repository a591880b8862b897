/**
 * The demo: a producer, users and a narrator around the standalone system. Everything here goes
 * through the doors any user has (Kafka and HTTP); nothing a service needs belongs here.
 */
@NullMarked
package infomax.standalone.demo;

import org.jspecify.annotations.NullMarked;
