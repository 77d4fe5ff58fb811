// The work rules by name, as the server names them in its sentences: English, Chinese.
import { current } from '../words.js';

const TITLES = {
  AVAILABILITY: ['Availability', '可用时间'],
  BREAK_WINDOW: ['Break or meal in the shift', '班次内的休息或用餐'],
  CONSECUTIVE_DAYS: ['Working days in a row', '连续工作天数'],
  CONSECUTIVE_WEEKENDS: ['Weekends in a row with work', '连续工作的周末'],
  CONTINUOUS_WORK: ['Work without a break', '连续工作时间'],
  CONTRACT_HOURS: ['Weekly hours of the contract', '合同周工时'],
  COVERAGE: ['Agents left against agents required', '在岗人数与需求人数'],
  CROSS_SITE: ['Work at another site', '跨职场工作'],
  DAYS_OFF: ['Days off in the period', '周期内休息天数'],
  MIN_REST: ['Rest between two shifts', '两班之间的休息'],
  NIGHT_SHIFTS: ['Night shifts of the week', '当周夜班'],
  NOTICE: ['Notice before the change', '变更的提前通知'],
  OPENING_HOURS: ['Opening hours of the site', '职场开放时间'],
  OVERLAP: ['Two shifts at once', '班次重叠'],
  OVERTIME_DAY: ['Overtime of the day', '当日加班'],
  OVERTIME_MONTH: ['Overtime of the month', '当月加班'],
  PAID_TIME_DAY: ['Paid time of the day', '当日计薪时间'],
  PAID_TIME_PERIOD: ['Paid time of the period', '周期内计薪时间'],
  PAID_TIME_WEEK: ['Paid time of the week', '当周计薪时间'],
  SEATS: ['Seats of the site', '职场座位'],
  SHIFT_LENGTH: ['Length of the shift', '班次时长'],
  SKILL: ['Skill that the shift needs', '班次所需技能'],
  START_BAND: ['Start and end of the shift', '班次的起止时间'],
  START_VARIANCE: ['Difference of starts on consecutive days', '相邻两天上班时间之差'],
  TRAINING_GATE: ['Training passed', '完成培训'],
  WEEKLY_REST: ['Continuous rest in the week', '每周连续休息'],
  WORK_DAYS_WEEK: ['Working days of the week', '当周工作天数'],
};

/** A work rule by name; one that is newer than this page by its code. */
export const rule = (code) => TITLES[code]?.[current() === 'zh' ? 1 : 0] ?? code;
