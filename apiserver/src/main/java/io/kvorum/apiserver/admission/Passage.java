package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.apiserver.request.Notes;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What plugins share about one attempt at a write: what the request spoke, and whether the mutating ones go round again.
 * Belongs to the event loop; one for each attempt.
 */
public final class Passage {
    private final ResourceInfo spoken;
    private final JsonNode options;
    private final Notes notes;
    private final Set<String> invoked = new HashSet<>();
    private final Set<String> again = new HashSet<>();
    private boolean changed;
    private int round;
    private @Nullable ObjectNode left;

    /**
     * @param spoken the resource in the version of the request, which may be another one than is admitted
     * @param options those of the request that it names: a CreateOptions, UpdateOptions or DeleteOptions without its kind
     * @param notes of the request
     */
    public Passage(ResourceInfo spoken, JsonNode options, Notes notes) {
        this.spoken = spoken;
        this.options = options;
        this.notes = notes;
    }

    public ResourceInfo spoken() {
        return spoken;
    }

    public JsonNode options() {
        return options;
    }

    public void annotate(String key, String value) {
        notes.annotate(key, value);
    }

    /** Of the request. */
    public Notes notes() {
        return notes;
    }

    /** 0, and 1 when everything is asked once more. */
    public int round() {
        return round;
    }

    /** Begins the second round when one is wanted; there is no third. */
    boolean goesRoundAgain() {
        if (!changed || round > 0) {
            return false;
        }
        round = 1;
        return true;
    }

    // ---- for those who are asked again when others have changed the object after them

    /** Somebody changed the object: those invoked before have to see it again. */
    public void objectChanged() {
        changed = true;
        again.addAll(invoked);
        invoked.clear();
    }

    /** This one wants to see later changes. */
    public void invoked(String who) {
        invoked.add(who);
    }

    /** Whether this one is to be asked in the present round. */
    public boolean isDue(String who) {
        return round == 0 || again.contains(who);
    }

    /** Those who care about changes begin with this object; whatever changed it meanwhile is a change for all of them. */
    public void enter(JsonNode object) {
        ObjectNode before = left;
        if (round > 0 && before != null && !before.equals(object)) {
            objectChanged();
        }
    }

    /** Those who care about changes are done, and leave the object like this. */
    public void leave(ObjectNode object) {
        if (changed && round == 0) {
            left = object.deepCopy();
        }
    }
}
