package io.kvorum.api;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An exact amount of a resource such as {@code 1500m} or {@code 0.5Gi}. Two quantities are equal when their amounts
 * are; {@link #toString()} is the canonical form: no fraction, the largest fitting suffix, the family of suffixes
 * (binary, decimal, exponent) as it was written. Precision ends at nano; finer amounts round up, as upstream.
 */
public final class Quantity implements Comparable<Quantity> {
    /** How upstream's decoder words a malformed quantity. */
    public static final String MALFORMED =
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Format.DECIMAL);

    private static final Pattern FORM =
            Pattern.compile("([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+))(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]+)?");
    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
    private static final List<String> DECIMAL = List.of("n", "u", "m", "", "k", "M", "G", "T", "P", "E");
    private static final BigInteger KIBI = BigInteger.valueOf(1024);
    private static final BigInteger THOUSAND = BigInteger.valueOf(1000);
    private static final int NANO = 9;

    private enum Format {
        BINARY,
        DECIMAL,
        EXPONENT
    }

    private final BigDecimal amount;
    private final Format format;

    private Quantity(BigDecimal amount, Format format) {
        BigDecimal rounded = amount.scale() > NANO
                ? amount.setScale(NANO, amount.signum() < 0 ? RoundingMode.FLOOR : RoundingMode.CEILING)
                : amount;
        this.amount = rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
        this.format = format;
    }

    /** @throws IllegalArgumentException with {@link #MALFORMED} as its message */
    public static Quantity parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (text.length() > 64 || !matcher.matches()) {
            throw new IllegalArgumentException(MALFORMED);
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        String suffix = matcher.group(2) == null ? "" : matcher.group(2);
        int binary = BINARY.indexOf(suffix);
        if (binary > 0) {
            return new Quantity(number.multiply(new BigDecimal(KIBI.pow(binary))), Format.BINARY);
        }
        int decimal = DECIMAL.indexOf(suffix);
        if (decimal >= 0) {
            return new Quantity(number.scaleByPowerOfTen((decimal - 3) * 3), Format.DECIMAL);
        }
        String digits = suffix.substring(1);
        if (digits.length() > 4) {
            throw new IllegalArgumentException(MALFORMED);
        }
        return new Quantity(number.scaleByPowerOfTen(Integer.parseInt(digits)), Format.EXPONENT);
    }

    public static boolean isValid(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    public static Quantity of(long value) {
        return new Quantity(BigDecimal.valueOf(value), Format.DECIMAL);
    }

    /** @param value thousandths, as CPU is counted */
    public static Quantity ofMilli(long value) {
        return new Quantity(BigDecimal.valueOf(value, 3), Format.DECIMAL);
    }

    /** An amount of bytes, written with binary suffixes. */
    public static Quantity ofBytes(long value) {
        return new Quantity(BigDecimal.valueOf(value), Format.BINARY);
    }

    public BigDecimal amount() {
        return amount;
    }

    /** The amount rounded up to a whole number; limited to the range of long. */
    public long value() {
        return clamp(amount);
    }

    /** Thousandths, rounded up; limited to the range of long. */
    public long milliValue() {
        return clamp(amount.movePointRight(3));
    }

    private static long clamp(BigDecimal number) {
        BigInteger whole = number.setScale(0, number.signum() < 0 ? RoundingMode.FLOOR : RoundingMode.CEILING)
                .toBigInteger();
        if (whole.bitLength() > 63) {
            return whole.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return whole.longValueExact();
    }

    public Quantity add(Quantity other) {
        return new Quantity(amount.add(other.amount), isZero() ? other.format : format);
    }

    public Quantity subtract(Quantity other) {
        return new Quantity(amount.subtract(other.amount), isZero() ? other.format : format);
    }

    /** The amount rounded up to thousandths: what upstream stores of resource requests and limits. */
    public Quantity roundUpToMilli() {
        return new Quantity(
                amount.setScale(3, amount.signum() < 0 ? RoundingMode.FLOOR : RoundingMode.CEILING), format);
    }

    public int signum() {
        return amount.signum();
    }

    public boolean isZero() {
        return amount.signum() == 0;
    }

    @Override
    public int compareTo(Quantity other) {
        return amount.compareTo(other.amount);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Quantity quantity && amount.compareTo(quantity.amount) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(amount);
    }

    @Override
    public String toString() {
        if (isZero()) {
            return "0";
        }
        boolean small = amount.abs().compareTo(BigDecimal.valueOf(1024)) < 0;
        if (format == Format.BINARY && !small && amount.scale() <= 0) {
            return binaryForm();
        }
        // Amounts with a fraction, and small ones, have no binary form.
        return decimalForm(format == Format.EXPONENT);
    }

    private String binaryForm() {
        BigInteger mantissa = amount.toBigIntegerExact();
        int power = 0;
        while (power < BINARY.size() - 1 && mantissa.mod(KIBI).signum() == 0) {
            mantissa = mantissa.divide(KIBI);
            power++;
        }
        return mantissa + BINARY.get(power);
    }

    private String decimalForm(boolean exponent) {
        BigInteger mantissa = amount.movePointRight(NANO).toBigIntegerExact();
        int power = 0;
        // The exponent form goes on beyond the last suffix.
        while ((exponent || power < DECIMAL.size() - 1)
                && mantissa.mod(THOUSAND).signum() == 0) {
            mantissa = mantissa.divide(THOUSAND);
            power++;
        }
        if (!exponent) {
            return mantissa + DECIMAL.get(power);
        }
        int scale = power * 3 - NANO;
        return scale == 0 ? mantissa.toString() : mantissa + "e" + scale;
    }
}
