// Written by tools/understanding (README.md there); the names may be changed by hand, the weights not.
#include "dialogs/understand_weights.h"

namespace usher::dialogs {

const double kSure = 0.75;

const std::array<SignalWeight, kSignals> kWeights = {{
    {"says yes first", 2.34},
    {"says yes", 1.24},
    {"leans to yes", 0.33},
    {"says a little", -0.79},
    {"says no first", 2.17},
    {"says no", 1.10},
    {"leans to no", -0.52},
    {"accepts the offer", 1.27},
    {"merely accepts", -1.39},
    {"is all that is said", 1.55},
    {"is followed by a but", 0.54},
    {"is taken back", -0.97},
    {"agrees with what is said besides", 0.90},
    {"answers a question with a not in it", 0.56},
    {"repeats what is asked", 1.73},
    {"repeats what is asked, with a not", 1.86},
    {"repeats a character of what is asked", 1.32},
    {"repeats a character of what is asked, with a not", 1.38},
    {"names what is asked for", 0.82},
    {"names what is asked for, with a not", 0.35},
    {"says what is asked in other words", -0.22},
    {"says what is asked in other words, with a not", 0.39},
    {"is a kind of what is asked", 0.11},
    {"is a kind of what is asked, with a not", -0.40},
    {"is said for this answer", 0.92},
    {"is said for this answer, with a not", 0.49},
    {"says what this answer stands for", 1.32},
    {"says what this answer stands for, with a not", 1.16},
    {"is a state of the kind asked about", 2.42},
    {"is a state of the kind asked about, with a not", 1.28},
    {"says whether it is in order", 1.85},
    {"says whether it is in order, with a not", 0.47},
    {"is the condition asked about", 0.38},
    {"is the condition asked about, with a not", 0.00},
    {"says that it goes on", 2.12},
    {"says that it goes on, with a not", 1.99},
    {"says whether all is well", 0.92},
    {"says whether all is well, with a not", 1.22},
    {"is a good or a bad state", 0.80},
    {"is a good or a bad state, with a not", 0.19},
    {"says that it is in order", 0.56},
    {"says that it is in order, with a not", -0.01},
    {"says whether it helped", 2.48},
    {"says whether it helped, with a not", 0.00},
    {"says that something works or not", 0.68},
    {"says that something works or not, with a not", 1.29},
    {"is short for what is asked", -0.14},
    {"is short for what is asked, with a not", -0.09},
    {"may be short for what is asked", -0.16},
    {"may be short for what is asked, with a not", 0.07},
    {"denies first", 0.00},
    {"denies first, with a not", 0.91},
    {"says there is none", 0.00},
    {"says there is none, with a not", 0.30},
    {"is short for the whole question", 1.35},
    {"is short for the whole question, with a not", 1.07},
    {"insists", 0.37},
    {"insists, with a not", 0.00},
    {"says how much is left", 1.19},
    {"says how much is left, with a not", -0.11},
    {"says how many there are", -0.11},
    {"says how many there are, with a not", 0.00},
    {"singles one out", 0.38},
    {"singles one out, with a not", 0.00},
    {"says whether it is only so", 1.77},
    {"says whether it is only so, with a not", 0.00},
    {"says whether it is above or below", 1.51},
    {"says whether it is above or below, with a not", -0.25},
    {"is what is perceived", 0.08},
    {"is what is perceived, with a not", 0.51},
    {"says it of this one alone", -1.44},
    {"says it of this one alone, with a not", 1.50},
    {"tells what was found", 0.76},
    {"tells what was found, with a not", 0.00},
    {"is mostly what this answer stands for", 0.13},
    {"is the whole answer", 1.18},
    {"is said of another thing", -0.50},
    {"has words beside it", -0.81},
    {"has many words beside it", -1.09},
    {"stands beside its opposite", -1.27},
    {"comes and goes", -0.60},
    {"depends on something", -1.23},
    {"is over", -0.33},
    {"comes after a but", 0.00},
    {"comes later", -0.42},
    {"is said more than once", 0.75},
    {"says yes to whether there is something", -0.03},
    {"says no to whether there is something", 0.69},
    {"says yes to whether it was done", -0.22},
    {"says no to whether it was done", -0.10},
    {"one of several is enough", 0.74},
    {"denies nothing, where something is asked for", -0.98},
    {"denies nothing", -1.01},
    {"the amount is on this side", 3.06},
    {"has the words of another option beside it", -0.28},
    {"stands for none", -0.17},
    {"is what the option is called", 0.30},
    {"is a phrase of the option", 0.76},
    {"is nearly what the option is called", 0.11},
    {"is a word of the option", -0.35},
    {"is nearly a word of the option", 0.02},
    {"is another name of the option", -0.28},
    {"is a kind of what the option names", -0.21},
    {"means the option", 0.83},
    {"means this option alone", 1.53},
    {"means this option as well", -0.03},
    {"means the option, by a not", 1.21},
    {"has other words beside it", -0.32},
    {"means about the option", 0.44},
    {"the number lies in its range", 3.28},
    {"covers much of the option", -0.07},
    {"is most of what is said", 1.58},
    {"is denied", -0.76},
    {"is denied by its meaning", -2.42},
    {"is a phrase of this option alone", 0.64},
    {"has words of this option", 1.16},
    {"names things akin to this option", -0.70},
    {"nothing speaks for it, but for another", -1.49},
    {"is what is left", -0.69},
    {"is none of the others", 0.05},
    {"is what the option for not knowing says", 3.63},
    {"may be what the option for not knowing says", 0.92},
    {"accepts the only option", 0.00},
    {"was so before", -0.92},
    {"is outweighed by what follows", -0.45},
    {"is only a circumstance", 0.28},
    {"only comes and goes", -0.59},
    {"is named first", -0.72},
    {"is the only one named", 0.83},
    {"means all of the others", 1.77},
    {"is said to be in order", -0.36},
    {"is about as many as it says", 2.29},
    {"is about another number of them", -1.35},
    {"tells of something done", 0.63},
    {"implies it", 1.08},
    {"implies it, in several words", 1.21},
    {"implies it, with a not", 0.65},
    {"implies it again", 1.18},
    {"is hardly more than what implies it", 0.73},
    {"implies the opposite", -0.83},
    {"bias of yes-or-no questions", -1.20},
    {"bias of other questions", -0.84},
    {"there are many options", -0.69},
    {"nothing speaks for any option", 1.66},
    {"the customer does not know", 3.27},
    {"the customer is still looking", 1.55},
    {"is hedged", 1.01},
    {"asks something", 1.45},
    {"only asks", 0.94},
    {"has a question mark", 2.65},
    {"has an if", -1.10},
    {"much of it is not read", 0.39},
    {"is long", -0.38},
    {"the question is not read", -0.03},
    {"names alternatives", 0.51},
    {"names several options", 1.97},
    {"speaks for both sides", 0.82},
    {"contradicts itself", 3.15},
    {"some do and some do not", 1.01},
    {"lacks what it takes", 2.36},
    {"is neither the one nor the other", 1.23},
    {"was not looked at", 3.37},
}};

namespace {
// By their place in the table above.
// clang-format off
constexpr PairWeight kPairs[] = {
    {0, 12, 0.03F},  // says yes first + agrees with what is said besides
    {0, 84, 0.02F},  // says yes first + comes later
    {0, 115, 0.03F},  // says yes first + has words of this option
    {1, 9, 0.05F},  // says yes + is all that is said
    {1, 12, 0.04F},  // says yes + agrees with what is said besides
    {1, 28, -0.02F},  // says yes + is a state of the kind asked about
    {1, 40, 0.03F},  // says yes + says that it is in order
    {1, 77, 0.03F},  // says yes + has words beside it
    {1, 86, -0.02F},  // says yes + says yes to whether there is something
    {1, 115, -0.05F},  // says yes + has words of this option
    {1, 139, 0.04F},  // says yes + implies the opposite
    {2, 9, 0.02F},  // leans to yes + is all that is said
    {3, 86, 0.02F},  // says a little + says yes to whether there is something
    {4, 9, 0.04F},  // says no first + is all that is said
    {4, 12, 0.13F},  // says no first + agrees with what is said besides
    {4, 49, 0.03F},  // says no first + may be short for what is asked, with a not
    {4, 77, 0.09F},  // says no first + has words beside it
    {4, 84, 0.10F},  // says no first + comes later
    {4, 85, 0.03F},  // says no first + is said more than once
    {5, 9, 0.20F},  // says no + is all that is said
    {5, 12, -0.19F},  // says no + agrees with what is said besides
    {5, 15, -0.02F},  // says no + repeats what is asked, with a not
    {5, 49, -0.09F},  // says no + may be short for what is asked, with a not
    {5, 77, -0.12F},  // says no + has words beside it
    {5, 84, 0.03F},  // says no + comes later
    {5, 85, 0.04F},  // says no + is said more than once
    {5, 87, -0.05F},  // says no + says no to whether there is something
    {6, 9, -0.06F},  // leans to no + is all that is said
    {7, 9, 0.08F},  // accepts the offer + is all that is said
    {7, 12, -0.08F},  // accepts the offer + agrees with what is said besides
    {7, 40, -0.07F},  // accepts the offer + says that it is in order
    {8, 9, -0.16F},  // merely accepts + is all that is said
    {8, 12, 0.06F},  // merely accepts + agrees with what is said besides
    {8, 77, 0.04F},  // merely accepts + has words beside it
    {9, 12, 0.03F},  // is all that is said + agrees with what is said besides
    {9, 95, 0.02F},  // is all that is said + stands for none
    {9, 119, 0.02F},  // is all that is said + is none of the others
    {10, 28, -0.02F},  // is followed by a but + is a state of the kind asked about
    {10, 84, -0.02F},  // is followed by a but + comes later
    {10, 85, -0.04F},  // is followed by a but + is said more than once
    {12, 14, 0.02F},  // agrees with what is said besides + repeats what is asked
    {12, 15, -0.02F},  // agrees with what is said besides + repeats what is asked, with a not
    {12, 28, 0.04F},  // agrees with what is said besides + is a state of the kind asked about
    {12, 32, 0.06F},  // agrees with what is said besides + is the condition asked about
    {12, 36, -0.03F},  // agrees with what is said besides + says whether all is well
    {12, 40, -0.03F},  // agrees with what is said besides + says that it is in order
    {12, 46, 0.02F},  // agrees with what is said besides + is short for what is asked
    {12, 47, -0.05F},  // agrees with what is said besides + is short for what is asked, with a not
    {12, 49, -0.06F},  // agrees with what is said besides + may be short for what is asked, with a not
    {12, 76, 0.03F},  // agrees with what is said besides + is said of another thing
    {12, 77, 0.08F},  // agrees with what is said besides + has words beside it
    {12, 84, 0.18F},  // agrees with what is said besides + comes later
    {12, 85, 0.08F},  // agrees with what is said besides + is said more than once
    {12, 87, -0.04F},  // agrees with what is said besides + says no to whether there is something
    {12, 115, 0.03F},  // agrees with what is said besides + has words of this option
    {12, 134, 0.05F},  // agrees with what is said besides + implies it
    {12, 138, 0.04F},  // agrees with what is said besides + is hardly more than what implies it
    {12, 139, 0.14F},  // agrees with what is said besides + implies the opposite
    {14, 74, -0.07F},  // repeats what is asked + is mostly what this answer stands for
    {14, 76, -0.16F},  // repeats what is asked + is said of another thing
    {14, 77, -0.32F},  // repeats what is asked + has words beside it
    {14, 81, -0.06F},  // repeats what is asked + depends on something
    {14, 84, 0.03F},  // repeats what is asked + comes later
    {14, 85, 0.07F},  // repeats what is asked + is said more than once
    {14, 86, 0.14F},  // repeats what is asked + says yes to whether there is something
    {14, 88, -0.06F},  // repeats what is asked + says yes to whether it was done
    {14, 90, 0.10F},  // repeats what is asked + one of several is enough
    {14, 114, -0.09F},  // repeats what is asked + is a phrase of this option alone
    {14, 134, -0.07F},  // repeats what is asked + implies it
    {14, 135, -0.12F},  // repeats what is asked + implies it, in several words
    {14, 138, -0.06F},  // repeats what is asked + is hardly more than what implies it
    {14, 139, 0.10F},  // repeats what is asked + implies the opposite
    {15, 77, 0.03F},  // repeats what is asked, with a not + has words beside it
    {15, 84, 0.03F},  // repeats what is asked, with a not + comes later
    {15, 85, 0.27F},  // repeats what is asked, with a not + is said more than once
    {15, 87, 0.03F},  // repeats what is asked, with a not + says no to whether there is something
    {15, 95, 0.02F},  // repeats what is asked, with a not + stands for none
    {15, 114, 0.02F},  // repeats what is asked, with a not + is a phrase of this option alone
    {16, 77, -0.05F},  // repeats a character of what is asked + has words beside it
    {16, 79, -0.03F},  // repeats a character of what is asked + stands beside its opposite
    {16, 84, 0.03F},  // repeats a character of what is asked + comes later
    {16, 85, 0.05F},  // repeats a character of what is asked + is said more than once
    {16, 86, 0.03F},  // repeats a character of what is asked + says yes to whether there is something
    {16, 134, -0.08F},  // repeats a character of what is asked + implies it
    {16, 138, -0.06F},  // repeats a character of what is asked + is hardly more than what implies it
    {16, 139, 0.05F},  // repeats a character of what is asked + implies the opposite
    {17, 84, 0.04F},  // repeats a character of what is asked, with a not + comes later
    {17, 85, 0.08F},  // repeats a character of what is asked, with a not + is said more than once
    {18, 77, 0.06F},  // names what is asked for + has words beside it
    {18, 86, 0.06F},  // names what is asked for + says yes to whether there is something
    {19, 85, 0.03F},  // names what is asked for, with a not + is said more than once
    {19, 87, 0.03F},  // names what is asked for, with a not + says no to whether there is something
    {20, 77, 0.03F},  // says what is asked in other words + has words beside it
    {20, 78, 0.03F},  // says what is asked in other words + has many words beside it
    {20, 84, 0.02F},  // says what is asked in other words + comes later
    {20, 138, 0.03F},  // says what is asked in other words + is hardly more than what implies it
    {21, 85, 0.03F},  // says what is asked in other words, with a not + is said more than once
    {22, 77, -0.04F},  // is a kind of what is asked + has words beside it
    {22, 85, 0.05F},  // is a kind of what is asked + is said more than once
    {22, 86, 0.04F},  // is a kind of what is asked + says yes to whether there is something
    {24, 84, 0.08F},  // is said for this answer + comes later
    {24, 85, -0.14F},  // is said for this answer + is said more than once
    {24, 87, 0.03F},  // is said for this answer + says no to whether there is something
    {24, 114, 0.06F},  // is said for this answer + is a phrase of this option alone
    {24, 115, 0.05F},  // is said for this answer + has words of this option
    {26, 74, 0.06F},  // says what this answer stands for + is mostly what this answer stands for
    {26, 77, -0.03F},  // says what this answer stands for + has words beside it
    {26, 84, 0.06F},  // says what this answer stands for + comes later
    {26, 115, -0.07F},  // says what this answer stands for + has words of this option
    {26, 134, -0.03F},  // says what this answer stands for + implies it
    {28, 74, -0.03F},  // is a state of the kind asked about + is mostly what this answer stands for
    {28, 76, -0.13F},  // is a state of the kind asked about + is said of another thing
    {28, 77, -0.27F},  // is a state of the kind asked about + has words beside it
    {28, 78, -0.15F},  // is a state of the kind asked about + has many words beside it
    {28, 79, -0.04F},  // is a state of the kind asked about + stands beside its opposite
    {28, 80, 0.12F},  // is a state of the kind asked about + comes and goes
    {28, 81, 0.04F},  // is a state of the kind asked about + depends on something
    {28, 84, -0.06F},  // is a state of the kind asked about + comes later
    {28, 85, -0.22F},  // is a state of the kind asked about + is said more than once
    {28, 86, -0.15F},  // is a state of the kind asked about + says yes to whether there is something
    {28, 87, -0.06F},  // is a state of the kind asked about + says no to whether there is something
    {28, 88, -0.09F},  // is a state of the kind asked about + says yes to whether it was done
    {28, 89, -0.07F},  // is a state of the kind asked about + says no to whether it was done
    {28, 90, -0.04F},  // is a state of the kind asked about + one of several is enough
    {28, 96, -0.14F},  // is a state of the kind asked about + is what the option is called
    {28, 103, 0.05F},  // is a state of the kind asked about + means the option
    {28, 111, -0.04F},  // is a state of the kind asked about + is most of what is said
    {28, 115, -0.05F},  // is a state of the kind asked about + has words of this option
    {28, 128, -0.08F},  // is a state of the kind asked about + is the only one named
    {28, 133, -0.10F},  // is a state of the kind asked about + tells of something done
    {28, 134, -0.10F},  // is a state of the kind asked about + implies it
    {28, 137, 0.04F},  // is a state of the kind asked about + implies it again
    {28, 138, 0.06F},  // is a state of the kind asked about + is hardly more than what implies it
    {28, 139, -0.09F},  // is a state of the kind asked about + implies the opposite
    {29, 76, 0.09F},  // is a state of the kind asked about, with a not + is said of another thing
    {29, 77, 0.17F},  // is a state of the kind asked about, with a not + has words beside it
    {29, 84, 0.07F},  // is a state of the kind asked about, with a not + comes later
    {29, 85, 0.28F},  // is a state of the kind asked about, with a not + is said more than once
    {29, 86, -0.13F},  // is a state of the kind asked about, with a not + says yes to whether there is something
    {29, 87, -0.02F},  // is a state of the kind asked about, with a not + says no to whether there is something
    {29, 89, -0.05F},  // is a state of the kind asked about, with a not + says no to whether it was done
    {29, 135, 0.02F},  // is a state of the kind asked about, with a not + implies it, in several words
    {29, 138, 0.03F},  // is a state of the kind asked about, with a not + is hardly more than what implies it
    {29, 139, 0.04F},  // is a state of the kind asked about, with a not + implies the opposite
    {30, 76, -0.04F},  // says whether it is in order + is said of another thing
    {30, 77, 0.05F},  // says whether it is in order + has words beside it
    {30, 78, -0.03F},  // says whether it is in order + has many words beside it
    {30, 79, 0.04F},  // says whether it is in order + stands beside its opposite
    {30, 84, -0.12F},  // says whether it is in order + comes later
    {30, 86, 0.03F},  // says whether it is in order + says yes to whether there is something
    {30, 134, 0.09F},  // says whether it is in order + implies it
    {30, 135, -0.05F},  // says whether it is in order + implies it, in several words
    {30, 139, 0.05F},  // says whether it is in order + implies the opposite
    {32, 76, 0.02F},  // is the condition asked about + is said of another thing
    {32, 77, -0.03F},  // is the condition asked about + has words beside it
    {32, 84, 0.02F},  // is the condition asked about + comes later
    {32, 85, -0.04F},  // is the condition asked about + is said more than once
    {32, 135, -0.20F},  // is the condition asked about + implies it, in several words
    {32, 138, -0.07F},  // is the condition asked about + is hardly more than what implies it
    {32, 139, 0.09F},  // is the condition asked about + implies the opposite
    {36, 76, 0.07F},  // says whether all is well + is said of another thing
    {36, 77, -0.05F},  // says whether all is well + has words beside it
    {36, 84, -0.08F},  // says whether all is well + comes later
    {36, 85, -0.15F},  // says whether all is well + is said more than once
    {36, 87, -0.02F},  // says whether all is well + says no to whether there is something
    {36, 115, -0.04F},  // says whether all is well + has words of this option
    {36, 134, 0.06F},  // says whether all is well + implies it
    {36, 135, 0.05F},  // says whether all is well + implies it, in several words
    {36, 138, 0.07F},  // says whether all is well + is hardly more than what implies it
    {36, 139, -0.06F},  // says whether all is well + implies the opposite
    {38, 78, 0.03F},  // is a good or a bad state + has many words beside it
    {38, 85, -0.04F},  // is a good or a bad state + is said more than once
    {38, 86, 0.04F},  // is a good or a bad state + says yes to whether there is something
    {38, 87, -0.07F},  // is a good or a bad state + says no to whether there is something
    {38, 134, 0.05F},  // is a good or a bad state + implies it
    {38, 139, -0.06F},  // is a good or a bad state + implies the opposite
    {39, 84, 0.02F},  // is a good or a bad state, with a not + comes later
    {39, 85, 0.05F},  // is a good or a bad state, with a not + is said more than once
    {40, 76, 0.12F},  // says that it is in order + is said of another thing
    {40, 77, 0.15F},  // says that it is in order + has words beside it
    {40, 85, 0.03F},  // says that it is in order + is said more than once
    {40, 139, 0.18F},  // says that it is in order + implies the opposite
    {42, 77, -0.10F},  // says whether it helped + has words beside it
    {42, 84, -0.09F},  // says whether it helped + comes later
    {42, 85, -0.07F},  // says whether it helped + is said more than once
    {44, 77, 0.03F},  // says that something works or not + has words beside it
    {44, 84, 0.03F},  // says that something works or not + comes later
    {44, 85, 0.04F},  // says that something works or not + is said more than once
    {44, 86, -0.04F},  // says that something works or not + says yes to whether there is something
    {45, 75, 0.04F},  // says that something works or not, with a not + is the whole answer
    {45, 77, -0.04F},  // says that something works or not, with a not + has words beside it
    {45, 84, -0.10F},  // says that something works or not, with a not + comes later
    {45, 85, -0.09F},  // says that something works or not, with a not + is said more than once
    {45, 87, -0.22F},  // says that something works or not, with a not + says no to whether there is something
    {45, 89, -0.10F},  // says that something works or not, with a not + says no to whether it was done
    {45, 135, -0.05F},  // says that something works or not, with a not + implies it, in several words
    {45, 138, -0.02F},  // says that something works or not, with a not + is hardly more than what implies it
    {45, 139, 0.19F},  // says that something works or not, with a not + implies the opposite
    {46, 75, -0.08F},  // is short for what is asked + is the whole answer
    {46, 84, -0.05F},  // is short for what is asked + comes later
    {46, 85, 0.05F},  // is short for what is asked + is said more than once
    {46, 86, 0.05F},  // is short for what is asked + says yes to whether there is something
    {46, 88, 0.10F},  // is short for what is asked + says yes to whether it was done
    {46, 133, 0.06F},  // is short for what is asked + tells of something done
    {46, 139, -0.03F},  // is short for what is asked + implies the opposite
    {47, 75, 0.07F},  // is short for what is asked, with a not + is the whole answer
    {47, 84, -0.08F},  // is short for what is asked, with a not + comes later
    {47, 85, -0.42F},  // is short for what is asked, with a not + is said more than once
    {47, 87, 0.14F},  // is short for what is asked, with a not + says no to whether there is something
    {47, 95, 0.08F},  // is short for what is asked, with a not + stands for none
    {47, 103, 0.02F},  // is short for what is asked, with a not + means the option
    {47, 119, 0.04F},  // is short for what is asked, with a not + is none of the others
    {48, 77, -0.07F},  // may be short for what is asked + has words beside it
    {48, 78, 0.06F},  // may be short for what is asked + has many words beside it
    {48, 84, 0.17F},  // may be short for what is asked + comes later
    {48, 85, -0.10F},  // may be short for what is asked + is said more than once
    {48, 86, 0.08F},  // may be short for what is asked + says yes to whether there is something
    {48, 88, 0.04F},  // may be short for what is asked + says yes to whether it was done
    {48, 133, 0.07F},  // may be short for what is asked + tells of something done
    {48, 134, 0.04F},  // may be short for what is asked + implies it
    {48, 135, 0.09F},  // may be short for what is asked + implies it, in several words
    {48, 138, 0.07F},  // may be short for what is asked + is hardly more than what implies it
    {48, 139, 0.08F},  // may be short for what is asked + implies the opposite
    {49, 77, 0.06F},  // may be short for what is asked, with a not + has words beside it
    {49, 78, -0.03F},  // may be short for what is asked, with a not + has many words beside it
    {49, 84, -0.04F},  // may be short for what is asked, with a not + comes later
    {49, 85, -0.03F},  // may be short for what is asked, with a not + is said more than once
    {49, 87, -0.11F},  // may be short for what is asked, with a not + says no to whether there is something
    {49, 89, 0.22F},  // may be short for what is asked, with a not + says no to whether it was done
    {49, 95, 0.08F},  // may be short for what is asked, with a not + stands for none
    {49, 96, 0.04F},  // may be short for what is asked, with a not + is what the option is called
    {49, 110, 0.04F},  // may be short for what is asked, with a not + covers much of the option
    {49, 119, 0.06F},  // may be short for what is asked, with a not + is none of the others
    {49, 135, 0.08F},  // may be short for what is asked, with a not + implies it, in several words
    {49, 136, 0.06F},  // may be short for what is asked, with a not + implies it, with a not
    {49, 138, 0.11F},  // may be short for what is asked, with a not + is hardly more than what implies it
    {49, 139, 0.11F},  // may be short for what is asked, with a not + implies the opposite
    {51, 77, 0.08F},  // denies first, with a not + has words beside it
    {51, 84, -0.12F},  // denies first, with a not + comes later
    {51, 85, 0.02F},  // denies first, with a not + is said more than once
    {51, 87, 0.26F},  // denies first, with a not + says no to whether there is something
    {51, 89, 0.02F},  // denies first, with a not + says no to whether it was done
    {51, 103, 0.02F},  // denies first, with a not + means the option
    {51, 106, 0.03F},  // denies first, with a not + means the option, by a not
    {51, 135, 0.03F},  // denies first, with a not + implies it, in several words
    {51, 138, 0.03F},  // denies first, with a not + is hardly more than what implies it
    {54, 75, 0.03F},  // is short for the whole question + is the whole answer
    {54, 86, -0.02F},  // is short for the whole question + says yes to whether there is something
    {55, 75, 0.04F},  // is short for the whole question, with a not + is the whole answer
    {58, 78, 0.03F},  // says how much is left + has many words beside it
    {58, 86, 0.04F},  // says how much is left + says yes to whether there is something
    {58, 87, 0.05F},  // says how much is left + says no to whether there is something
    {58, 135, 0.03F},  // says how much is left + implies it, in several words
    {58, 138, 0.03F},  // says how much is left + is hardly more than what implies it
    {60, 75, 0.03F},  // says how many there are + is the whole answer
    {60, 85, 0.04F},  // says how many there are + is said more than once
    {66, 77, 0.06F},  // says whether it is above or below + has words beside it
    {68, 78, 0.05F},  // is what is perceived + has many words beside it
    {68, 84, -0.02F},  // is what is perceived + comes later
    {68, 85, 0.02F},  // is what is perceived + is said more than once
    {68, 134, 0.03F},  // is what is perceived + implies it
    {68, 135, 0.03F},  // is what is perceived + implies it, in several words
    {68, 138, 0.04F},  // is what is perceived + is hardly more than what implies it
    {70, 86, 0.02F},  // says it of this one alone + says yes to whether there is something
    {72, 77, 0.03F},  // tells what was found + has words beside it
    {72, 78, 0.03F},  // tells what was found + has many words beside it
    {72, 86, 0.06F},  // tells what was found + says yes to whether there is something
    {74, 76, -0.07F},  // is mostly what this answer stands for + is said of another thing
    {74, 77, -0.12F},  // is mostly what this answer stands for + has words beside it
    {74, 79, -0.06F},  // is mostly what this answer stands for + stands beside its opposite
    {74, 80, -0.06F},  // is mostly what this answer stands for + comes and goes
    {74, 81, -0.03F},  // is mostly what this answer stands for + depends on something
    {74, 84, 0.04F},  // is mostly what this answer stands for + comes later
    {74, 86, -0.20F},  // is mostly what this answer stands for + says yes to whether there is something
    {74, 87, 0.09F},  // is mostly what this answer stands for + says no to whether there is something
    {74, 114, -0.05F},  // is mostly what this answer stands for + is a phrase of this option alone
    {74, 115, -0.02F},  // is mostly what this answer stands for + has words of this option
    {74, 134, -0.03F},  // is mostly what this answer stands for + implies it
    {75, 84, -0.05F},  // is the whole answer + comes later
    {75, 85, -0.03F},  // is the whole answer + is said more than once
    {75, 86, 0.04F},  // is the whole answer + says yes to whether there is something
    {75, 87, 0.04F},  // is the whole answer + says no to whether there is something
    {75, 88, 0.06F},  // is the whole answer + says yes to whether it was done
    {75, 89, 0.04F},  // is the whole answer + says no to whether it was done
    {75, 95, 0.04F},  // is the whole answer + stands for none
    {75, 133, 0.05F},  // is the whole answer + tells of something done
    {76, 78, -0.03F},  // is said of another thing + has many words beside it
    {76, 84, -0.06F},  // is said of another thing + comes later
    {76, 85, -0.03F},  // is said of another thing + is said more than once
    {76, 86, -0.10F},  // is said of another thing + says yes to whether there is something
    {76, 87, -0.08F},  // is said of another thing + says no to whether there is something
    {76, 88, -0.15F},  // is said of another thing + says yes to whether it was done
    {76, 89, -0.03F},  // is said of another thing + says no to whether it was done
    {76, 95, -0.05F},  // is said of another thing + stands for none
    {76, 96, -0.03F},  // is said of another thing + is what the option is called
    {76, 115, -0.02F},  // is said of another thing + has words of this option
    {76, 133, -0.14F},  // is said of another thing + tells of something done
    {76, 134, -0.03F},  // is said of another thing + implies it
    {76, 135, 0.04F},  // is said of another thing + implies it, in several words
    {76, 139, 0.06F},  // is said of another thing + implies the opposite
    {77, 79, 0.08F},  // has words beside it + stands beside its opposite
    {77, 80, -0.02F},  // has words beside it + comes and goes
    {77, 81, -0.02F},  // has words beside it + depends on something
    {77, 84, 0.03F},  // has words beside it + comes later
    {77, 85, -0.15F},  // has words beside it + is said more than once
    {77, 86, 0.04F},  // has words beside it + says yes to whether there is something
    {77, 87, -0.07F},  // has words beside it + says no to whether there is something
    {77, 88, -0.17F},  // has words beside it + says yes to whether it was done
    {77, 89, 0.10F},  // has words beside it + says no to whether it was done
    {77, 90, -0.05F},  // has words beside it + one of several is enough
    {77, 93, 0.07F},  // has words beside it + the amount is on this side
    {77, 95, -0.02F},  // has words beside it + stands for none
    {77, 96, -0.11F},  // has words beside it + is what the option is called
    {77, 104, 0.02F},  // has words beside it + means this option alone
    {77, 106, 0.06F},  // has words beside it + means the option, by a not
    {77, 110, 0.03F},  // has words beside it + covers much of the option
    {77, 111, -0.03F},  // has words beside it + is most of what is said
    {77, 113, 0.13F},  // has words beside it + is denied by its meaning
    {77, 114, -0.05F},  // has words beside it + is a phrase of this option alone
    {77, 115, -0.09F},  // has words beside it + has words of this option
    {77, 116, -0.02F},  // has words beside it + names things akin to this option
    {77, 119, 0.03F},  // has words beside it + is none of the others
    {77, 128, -0.09F},  // has words beside it + is the only one named
    {77, 133, -0.15F},  // has words beside it + tells of something done
    {77, 134, -0.15F},  // has words beside it + implies it
    {77, 136, 0.07F},  // has words beside it + implies it, with a not
    {77, 137, 0.02F},  // has words beside it + implies it again
    {77, 138, 0.16F},  // has words beside it + is hardly more than what implies it
    {77, 139, 0.36F},  // has words beside it + implies the opposite
    {78, 84, 0.07F},  // has many words beside it + comes later
    {78, 85, -0.14F},  // has many words beside it + is said more than once
    {78, 86, 0.12F},  // has many words beside it + says yes to whether there is something
    {78, 87, -0.07F},  // has many words beside it + says no to whether there is something
    {78, 89, 0.09F},  // has many words beside it + says no to whether it was done
    {78, 133, 0.02F},  // has many words beside it + tells of something done
    {78, 134, 0.04F},  // has many words beside it + implies it
    {78, 135, 0.11F},  // has many words beside it + implies it, in several words
    {78, 138, 0.05F},  // has many words beside it + is hardly more than what implies it
    {79, 80, -0.02F},  // stands beside its opposite + comes and goes
    {79, 85, -0.12F},  // stands beside its opposite + is said more than once
    {79, 86, -0.10F},  // stands beside its opposite + says yes to whether there is something
    {79, 87, 0.12F},  // stands beside its opposite + says no to whether there is something
    {79, 114, -0.03F},  // stands beside its opposite + is a phrase of this option alone
    {79, 134, 0.10F},  // stands beside its opposite + implies it
    {79, 138, 0.09F},  // stands beside its opposite + is hardly more than what implies it
    {80, 84, 0.03F},  // comes and goes + comes later
    {80, 85, -0.11F},  // comes and goes + is said more than once
    {80, 134, 0.03F},  // comes and goes + implies it
    {80, 138, 0.05F},  // comes and goes + is hardly more than what implies it
    {81, 84, -0.04F},  // depends on something + comes later
    {81, 89, -0.03F},  // depends on something + says no to whether it was done
    {81, 135, -0.03F},  // depends on something + implies it, in several words
    {84, 85, -0.10F},  // comes later + is said more than once
    {84, 87, -0.25F},  // comes later + says no to whether there is something
    {84, 88, -0.07F},  // comes later + says yes to whether it was done
    {84, 89, -0.13F},  // comes later + says no to whether it was done
    {84, 90, 0.04F},  // comes later + one of several is enough
    {84, 95, -0.16F},  // comes later + stands for none
    {84, 96, -0.09F},  // comes later + is what the option is called
    {84, 107, -0.03F},  // comes later + has other words beside it
    {84, 114, 0.09F},  // comes later + is a phrase of this option alone
    {84, 128, -0.06F},  // comes later + is the only one named
    {84, 133, -0.04F},  // comes later + tells of something done
    {84, 134, -0.16F},  // comes later + implies it
    {84, 135, -0.06F},  // comes later + implies it, in several words
    {84, 138, -0.06F},  // comes later + is hardly more than what implies it
    {84, 139, 0.32F},  // comes later + implies the opposite
    {85, 86, 0.10F},  // is said more than once + says yes to whether there is something
    {85, 88, -0.12F},  // is said more than once + says yes to whether it was done
    {85, 90, 0.07F},  // is said more than once + one of several is enough
    {85, 95, -0.03F},  // is said more than once + stands for none
    {85, 96, -0.04F},  // is said more than once + is what the option is called
    {85, 103, 0.03F},  // is said more than once + means the option
    {85, 106, -0.03F},  // is said more than once + means the option, by a not
    {85, 110, 0.03F},  // is said more than once + covers much of the option
    {85, 113, 0.03F},  // is said more than once + is denied by its meaning
    {85, 114, -0.10F},  // is said more than once + is a phrase of this option alone
    {85, 115, 0.03F},  // is said more than once + has words of this option
    {85, 116, 0.03F},  // is said more than once + names things akin to this option
    {85, 119, 0.03F},  // is said more than once + is none of the others
    {85, 133, -0.06F},  // is said more than once + tells of something done
    {85, 134, -0.02F},  // is said more than once + implies it
    {85, 136, 0.04F},  // is said more than once + implies it, with a not
    {85, 138, 0.07F},  // is said more than once + is hardly more than what implies it
    {85, 139, 0.20F},  // is said more than once + implies the opposite
    {86, 114, -0.23F},  // says yes to whether there is something + is a phrase of this option alone
    {86, 134, 0.10F},  // says yes to whether there is something + implies it
    {86, 135, 0.06F},  // says yes to whether there is something + implies it, in several words
    {86, 138, 0.12F},  // says yes to whether there is something + is hardly more than what implies it
    {86, 139, 0.03F},  // says yes to whether there is something + implies the opposite
    {87, 89, -0.06F},  // says no to whether there is something + says no to whether it was done
    {87, 95, -0.08F},  // says no to whether there is something + stands for none
    {87, 114, 0.05F},  // says no to whether there is something + is a phrase of this option alone
    {87, 134, -0.16F},  // says no to whether there is something + implies it
    {87, 135, -0.06F},  // says no to whether there is something + implies it, in several words
    {87, 138, -0.06F},  // says no to whether there is something + is hardly more than what implies it
    {88, 133, 0.03F},  // says yes to whether it was done + tells of something done
    {88, 134, 0.03F},  // says yes to whether it was done + implies it
    {88, 135, 0.06F},  // says yes to whether it was done + implies it, in several words
    {88, 138, 0.03F},  // says yes to whether it was done + is hardly more than what implies it
    {88, 139, 0.02F},  // says yes to whether it was done + implies the opposite
    {89, 135, 0.03F},  // says no to whether it was done + implies it, in several words
    {89, 138, 0.02F},  // says no to whether it was done + is hardly more than what implies it
    {89, 139, 0.06F},  // says no to whether it was done + implies the opposite
    {91, 134, 0.13F},  // denies nothing, where something is asked for + implies it
    {91, 137, 0.03F},  // denies nothing, where something is asked for + implies it again
    {91, 139, 0.02F},  // denies nothing, where something is asked for + implies the opposite
    {92, 93, 0.10F},  // denies nothing + the amount is on this side
    {92, 133, 0.05F},  // denies nothing + tells of something done
    {92, 134, 0.31F},  // denies nothing + implies it
    {92, 135, 0.18F},  // denies nothing + implies it, in several words
    {92, 137, 0.03F},  // denies nothing + implies it again
    {92, 138, 0.23F},  // denies nothing + is hardly more than what implies it
    {92, 139, 0.18F},  // denies nothing + implies the opposite
    {93, 139, 0.14F},  // the amount is on this side + implies the opposite
    {95, 103, 0.12F},  // stands for none + means the option
    {95, 104, 0.03F},  // stands for none + means this option alone
    {95, 106, 0.02F},  // stands for none + means the option, by a not
    {95, 110, 0.05F},  // stands for none + covers much of the option
    {95, 113, 0.14F},  // stands for none + is denied by its meaning
    {95, 119, 0.03F},  // stands for none + is none of the others
    {95, 134, 0.07F},  // stands for none + implies it
    {95, 135, -0.04F},  // stands for none + implies it, in several words
    {95, 139, 0.20F},  // stands for none + implies the opposite
    {96, 97, 0.06F},  // is what the option is called + is a phrase of the option
    {96, 103, -0.21F},  // is what the option is called + means the option
    {96, 105, 0.05F},  // is what the option is called + means this option as well
    {96, 107, -0.30F},  // is what the option is called + has other words beside it
    {96, 110, 0.11F},  // is what the option is called + covers much of the option
    {96, 111, 0.11F},  // is what the option is called + is most of what is said
    {96, 113, 0.03F},  // is what the option is called + is denied by its meaning
    {96, 114, 0.06F},  // is what the option is called + is a phrase of this option alone
    {96, 123, -0.07F},  // is what the option is called + was so before
    {96, 125, -0.07F},  // is what the option is called + is only a circumstance
    {96, 126, -0.07F},  // is what the option is called + only comes and goes
    {96, 127, -0.10F},  // is what the option is called + is named first
    {96, 128, 0.20F},  // is what the option is called + is the only one named
    {96, 130, -0.02F},  // is what the option is called + is said to be in order
    {96, 134, -0.23F},  // is what the option is called + implies it
    {96, 138, -0.10F},  // is what the option is called + is hardly more than what implies it
    {97, 110, 0.04F},  // is a phrase of the option + covers much of the option
    {97, 111, 0.04F},  // is a phrase of the option + is most of what is said
    {97, 114, 0.06F},  // is a phrase of the option + is a phrase of this option alone
    {97, 128, 0.03F},  // is a phrase of the option + is the only one named
    {99, 103, 0.12F},  // is a word of the option + means the option
    {99, 105, 0.07F},  // is a word of the option + means this option as well
    {99, 107, 0.09F},  // is a word of the option + has other words beside it
    {99, 110, -0.04F},  // is a word of the option + covers much of the option
    {99, 111, -0.03F},  // is a word of the option + is most of what is said
    {99, 113, -0.06F},  // is a word of the option + is denied by its meaning
    {99, 125, 0.06F},  // is a word of the option + is only a circumstance
    {99, 128, -0.07F},  // is a word of the option + is the only one named
    {99, 131, -0.07F},  // is a word of the option + is about as many as it says
    {99, 134, 0.03F},  // is a word of the option + implies it
    {101, 103, -0.13F},  // is another name of the option + means the option
    {101, 105, -0.05F},  // is another name of the option + means this option as well
    {101, 107, -0.12F},  // is another name of the option + has other words beside it
    {101, 110, -0.09F},  // is another name of the option + covers much of the option
    {101, 111, 0.10F},  // is another name of the option + is most of what is said
    {101, 115, 0.04F},  // is another name of the option + has words of this option
    {101, 116, 0.04F},  // is another name of the option + names things akin to this option
    {101, 134, 0.03F},  // is another name of the option + implies it
    {101, 135, 0.02F},  // is another name of the option + implies it, in several words
    {101, 138, 0.03F},  // is another name of the option + is hardly more than what implies it
    {101, 139, 0.11F},  // is another name of the option + implies the opposite
    {102, 103, 0.08F},  // is a kind of what the option names + means the option
    {102, 107, 0.07F},  // is a kind of what the option names + has other words beside it
    {102, 111, -0.05F},  // is a kind of what the option names + is most of what is said
    {102, 116, 0.02F},  // is a kind of what the option names + names things akin to this option
    {102, 128, -0.07F},  // is a kind of what the option names + is the only one named
    {102, 135, -0.02F},  // is a kind of what the option names + implies it, in several words
    {103, 104, 0.06F},  // means the option + means this option alone
    {103, 107, 0.03F},  // means the option + has other words beside it
    {103, 109, 0.19F},  // means the option + the number lies in its range
    {103, 110, -0.05F},  // means the option + covers much of the option
    {103, 111, 0.03F},  // means the option + is most of what is said
    {103, 112, -0.02F},  // means the option + is denied
    {103, 119, 0.03F},  // means the option + is none of the others
    {103, 126, -0.02F},  // means the option + only comes and goes
    {103, 127, -0.16F},  // means the option + is named first
    {103, 130, 0.04F},  // means the option + is said to be in order
    {103, 131, -0.06F},  // means the option + is about as many as it says
    {103, 134, 0.15F},  // means the option + implies it
    {103, 135, 0.12F},  // means the option + implies it, in several words
    {103, 137, 0.02F},  // means the option + implies it again
    {103, 138, 0.18F},  // means the option + is hardly more than what implies it
    {103, 139, 0.14F},  // means the option + implies the opposite
    {104, 108, 0.05F},  // means this option alone + means about the option
    {104, 119, 0.02F},  // means this option alone + is none of the others
    {104, 134, 0.03F},  // means this option alone + implies it
    {104, 138, 0.04F},  // means this option alone + is hardly more than what implies it
    {104, 139, 0.04F},  // means this option alone + implies the opposite
    {105, 110, 0.02F},  // means this option as well + covers much of the option
    {105, 111, 0.07F},  // means this option as well + is most of what is said
    {105, 115, 0.05F},  // means this option as well + has words of this option
    {105, 116, 0.04F},  // means this option as well + names things akin to this option
    {105, 128, 0.04F},  // means this option as well + is the only one named
    {106, 107, -0.03F},  // means the option, by a not + has other words beside it
    {106, 119, 0.07F},  // means the option, by a not + is none of the others
    {107, 108, -0.02F},  // has other words beside it + means about the option
    {107, 109, 0.21F},  // has other words beside it + the number lies in its range
    {107, 110, -0.10F},  // has other words beside it + covers much of the option
    {107, 111, -0.05F},  // has other words beside it + is most of what is said
    {107, 115, -0.04F},  // has other words beside it + has words of this option
    {107, 116, -0.04F},  // has other words beside it + names things akin to this option
    {107, 127, -0.20F},  // has other words beside it + is named first
    {107, 128, -0.03F},  // has other words beside it + is the only one named
    {107, 129, -0.04F},  // has other words beside it + means all of the others
    {107, 131, 0.03F},  // has other words beside it + is about as many as it says
    {107, 134, 0.10F},  // has other words beside it + implies it
    {107, 135, 0.09F},  // has other words beside it + implies it, in several words
    {107, 137, 0.03F},  // has other words beside it + implies it again
    {107, 138, 0.11F},  // has other words beside it + is hardly more than what implies it
    {109, 113, -0.06F},  // the number lies in its range + is denied by its meaning
    {110, 111, 0.05F},  // covers much of the option + is most of what is said
    {110, 113, -0.05F},  // covers much of the option + is denied by its meaning
    {110, 114, 0.04F},  // covers much of the option + is a phrase of this option alone
    {110, 123, -0.06F},  // covers much of the option + was so before
    {110, 125, 0.03F},  // covers much of the option + is only a circumstance
    {110, 126, -0.04F},  // covers much of the option + only comes and goes
    {110, 127, -0.05F},  // covers much of the option + is named first
    {110, 128, 0.12F},  // covers much of the option + is the only one named
    {110, 130, 0.03F},  // covers much of the option + is said to be in order
    {110, 135, 0.03F},  // covers much of the option + implies it, in several words
    {111, 113, -0.04F},  // is most of what is said + is denied by its meaning
    {111, 114, 0.04F},  // is most of what is said + is a phrase of this option alone
    {111, 115, 0.05F},  // is most of what is said + has words of this option
    {111, 116, 0.06F},  // is most of what is said + names things akin to this option
    {111, 123, -0.03F},  // is most of what is said + was so before
    {111, 125, 0.02F},  // is most of what is said + is only a circumstance
    {111, 127, -0.03F},  // is most of what is said + is named first
    {111, 128, 0.17F},  // is most of what is said + is the only one named
    {111, 130, -0.02F},  // is most of what is said + is said to be in order
    {111, 131, -0.05F},  // is most of what is said + is about as many as it says
    {111, 134, -0.04F},  // is most of what is said + implies it
    {111, 138, -0.02F},  // is most of what is said + is hardly more than what implies it
    {111, 139, 0.04F},  // is most of what is said + implies the opposite
    {112, 113, 0.10F},  // is denied + is denied by its meaning
    {112, 115, 0.08F},  // is denied + has words of this option
    {112, 134, 0.04F},  // is denied + implies it
    {113, 115, 0.11F},  // is denied by its meaning + has words of this option
    {113, 116, -0.06F},  // is denied by its meaning + names things akin to this option
    {113, 119, 0.04F},  // is denied by its meaning + is none of the others
    {113, 134, 0.12F},  // is denied by its meaning + implies it
    {113, 135, -0.03F},  // is denied by its meaning + implies it, in several words
    {113, 137, 0.04F},  // is denied by its meaning + implies it again
    {113, 138, -0.06F},  // is denied by its meaning + is hardly more than what implies it
    {114, 115, 0.07F},  // is a phrase of this option alone + has words of this option
    {114, 128, 0.03F},  // is a phrase of this option alone + is the only one named
    {115, 126, -0.03F},  // has words of this option + only comes and goes
    {115, 127, -0.06F},  // has words of this option + is named first
    {115, 128, 0.11F},  // has words of this option + is the only one named
    {115, 134, -0.10F},  // has words of this option + implies it
    {115, 138, -0.04F},  // has words of this option + is hardly more than what implies it
    {116, 128, 0.13F},  // names things akin to this option + is the only one named
    {125, 128, 0.10F},  // is only a circumstance + is the only one named
    {126, 127, -0.03F},  // only comes and goes + is named first
    {128, 131, -0.13F},  // is the only one named + is about as many as it says
    {128, 139, 0.10F},  // is the only one named + implies the opposite
    {129, 131, 0.02F},  // means all of the others + is about as many as it says
    {132, 139, -0.03F},  // is about another number of them + implies the opposite
    {133, 134, 0.09F},  // tells of something done + implies it
    {133, 135, 0.04F},  // tells of something done + implies it, in several words
    {133, 138, 0.05F},  // tells of something done + is hardly more than what implies it
    {133, 139, 0.09F},  // tells of something done + implies the opposite
    {134, 137, 0.03F},  // implies it + implies it again
    {134, 138, -0.10F},  // implies it + is hardly more than what implies it
    {135, 137, 0.05F},  // implies it, in several words + implies it again
    {135, 138, 0.06F},  // implies it, in several words + is hardly more than what implies it
    {135, 139, 0.11F},  // implies it, in several words + implies the opposite
    {136, 138, 0.08F},  // implies it, with a not + is hardly more than what implies it
    {137, 138, 0.08F},  // implies it again + is hardly more than what implies it
    {138, 139, 0.10F},  // is hardly more than what implies it + implies the opposite
};
// clang-format on
}  // namespace

std::span<const PairWeight> pair_weights() {
  return kPairs;
}

}  // namespace usher::dialogs
