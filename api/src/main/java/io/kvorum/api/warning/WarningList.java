package io.kvorum.api.warning;

import io.kvorum.api.GoText;
import io.kvorum.api.Quantity;
import io.kvorum.api.validation.FieldPath;
import java.util.ArrayList;
import java.util.List;

/** The warnings about one object, in the order they are found. */
final class WarningList {
    private final List<String> texts = new ArrayList<>();

    List<String> texts() {
        return List.copyOf(texts);
    }

    void add(String text) {
        texts.add(text);
    }

    void add(FieldPath path, String text) {
        texts.add(path + ": " + text);
    }

    /** Where an amount of bytes has a fraction. @param amount as it is written; empty where there is none */
    void fraction(FieldPath path, String amount) {
        if (!Quantity.isValid(amount)) {
            return;
        }
        Quantity quantity = Quantity.parse(amount);
        if (quantity.milliValue() % 1000 != 0) {
            add(
                    path,
                    "fractional byte value " + GoText.quoted(quantity.toString()) + " is invalid, must be an integer");
        }
    }
}
