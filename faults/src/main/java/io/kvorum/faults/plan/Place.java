package io.kvorum.faults.plan;

/**
 * Where something stands in a plan.
 *
 * @param line from 1
 * @param path of the field: {@code steps[2].for}
 */
public record Place(String source, int line, String path) {
    Place at(int line, String field) {
        return new Place(source, line, path.isEmpty() ? field : path + "." + field);
    }

    Place at(int line, int index) {
        return new Place(source, line, path + "[" + index + "]");
    }

    PlanException wrong(String message) {
        return new PlanException(source + ":" + line + ": " + (path.isEmpty() ? "" : path + ": ") + message);
    }

    @Override
    public String toString() {
        return path;
    }
}
